import { setTimeout as sleep } from "node:timers/promises";
import { ApplyStopped } from "../apply/stopped.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type {
  Discipline,
  OwnQuery,
  ProxiedStatement,
  ProxyHooks,
  Refusal,
  SessionControl,
  StatementOutcome,
} from "../engines/postgres/proxy/types.ts";
import { HOLD_AS_GUARDED } from "../ledger/postgres/one-applier.ts";
import type { SchemaState } from "../model/schema.ts";
import { schemaAfter, understand, type Understood } from "./footing.ts";
import { historyOf, Progress } from "./history.ts";
import { repairLeftovers } from "./leftovers.ts";
import { LockTimeout } from "./lock-timeout.ts";
import { untilChance } from "./moment.ts";
import type { GuardedSession, Running } from "./session.ts";
import type { GaveUp, GuardEvents, GuardLimits, Watchers } from "./types.ts";

const SAVEPOINT = "tread_guard";
/** A statement that held its locks too long so often will do so again. */
const TOO_LONG = 3;

export interface DisciplineParts {
  readonly engine: PostgresEngine;
  readonly schema: SchemaState;
  readonly major: number;
  readonly limits: GuardLimits;
  readonly watchers: Watchers;
  readonly events: GuardEvents;
}

/** Keeps every session of a command to the rules: see docs/guard.md. */
export class GuardDiscipline implements Discipline, ProxyHooks {
  readonly discipline: Discipline = this;
  readonly sessions: Map<number, GuardedSession> = new Map();
  /** Backends of all sessions that it has had: one may come and go while somebody asks the server who is there. */
  readonly backends: Set<number> = new Set();
  readonly progress: Progress = new Progress();
  readonly gaveUp: GaveUp[] = [];
  /** Statements that were limited, and those that were run with `lock_timeout = 0`. */
  limited = 0;
  unlimited = 0;
  /** Attempts that the command has heard nothing of. */
  retried = 0;
  /** Ends of backends whose client went away in the middle of a statement. */
  readonly leaving: Promise<unknown>[] = [];
  /** Changes of the schema that went through. */
  ddl = 0;
  readonly #parts: DisciplineParts;
  readonly #timeout: LockTimeout;
  #schema: SchemaState;

  constructor(parts: DisciplineParts) {
    this.#parts = parts;
    this.#schema = parts.schema;
    this.#timeout = new LockTimeout(parts.events);
  }

  async opened(control: SessionControl): Promise<Refusal | null> {
    const answer = await control.own(`SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('lock_timeout'), ${HOLD_AS_GUARDED}`);
    const [pid, first] = answer.ok ? (answer.rows[0] ?? []) : [];
    if (pid !== String(control.backendPid))
      return {
        sqlstate: "08004",
        message: "tread guard: between it and the server stands a pooler: which backend runs a statement is not known",
        hint: "Give the URL of the server itself.",
      };
    this.backends.add(control.backendPid);
    this.sessions.set(control.connectionId, {
      control,
      settings: this.#parts.schema.session,
      running: null,
      replayed: null,
      last: "",
      open: null,
      savepoint: false,
      theirs: null,
      ours: null,
      first: first ?? "0",
      acting: Promise.resolve(),
    });
    return null;
  }

  closed(control: SessionControl): void {
    const session = this.sessions.get(control.connectionId);
    this.sessions.delete(control.connectionId);
    if (session === undefined) return;
    const { running, open } = session;
    // The connection is gone, and with it the answer.
    const asked = running?.sent === true && (running.understood.writes || isCommit(running)) ? running.sql : null;
    const unanswered = asked ?? (open?.implicit === true && open.changes > 0 ? session.last : null);
    if (unanswered !== null) this.progress.unanswered(short(unanswered));
    this.#undo(session);
    // The server does not look whether anybody is there while it works, and nobody would watch it any more.
    if (session.running?.sent === true)
      this.leaving.push(this.#parts.watchers.look.query("SELECT pg_terminate_backend($1)", [control.backendPid]).catch(() => {}));
  }

  ended(connectionId: number, how: "committed" | "rolled back"): void {
    const session = this.sessions.get(connectionId);
    if (session === undefined || session.open === null) return;
    if (how === "committed") this.#settle(session);
    else this.#undo(session);
  }

  async prepare(statement: ProxiedStatement, own: OwnQuery): Promise<Refusal | null> {
    const session = this.sessions.get(statement.connectionId);
    if (session === undefined) return null;
    const running = this.#running(session, statement);
    await session.acting;
    const { footing } = running.understood;
    const { limits, watchers, events } = this.#parts;
    switch (footing.kind) {
      case "control":
        if (!statement.block) await this.#timeout.giveBack(session, statement, own);
        break;
      case "soft":
        await this.#timeout.giveBack(session, statement, own);
        break;
      case "concurrent":
        if (!statement.inTransaction) {
          await repairLeftovers(watchers.look, footing, (what) => events.note(what));
          await this.#timeout.set(session, statement, own, 0);
          this.unlimited++;
        }
        break;
      case "strong":
      case "unknown": {
        // Who already holds strong locks must not look for a better moment: others wait for it.
        const free = session.open?.strong !== true;
        if (footing.kind === "strong" && free) {
          try {
            await untilChance(watchers.look, footing.locks, this.pids(), running.since, limits, events);
          } catch (error) {
            if (!(error instanceof ApplyStopped)) throw error;
            this.#giveUp(running, { why: error.message, help: error.help });
            return { sqlstate: "55P03", message: `tread guard: ${error.message}`, hint: error.help };
          }
        }
        if (free && statement.block && statement.replayable !== true && !session.savepoint) {
          session.savepoint = (await own(`SAVEPOINT ${SAVEPOINT}`)).ok;
        }
        await this.#timeout.set(session, statement, own, limits.stallMs);
        if (running.attempts === 0) this.limited++;
        break;
      }
      default:
        footing satisfies never;
    }
    await session.acting;
    running.attempts++;
    running.sent = true;
    return null;
  }

  async again(
    statement: ProxiedStatement,
    error: { readonly sqlstate: string; readonly message: string },
    own: OwnQuery,
  ): Promise<boolean> {
    const session = this.sessions.get(statement.connectionId);
    const running = session?.running ?? null;
    if (session === undefined || running === null) return false;
    running.sent = false;
    const { cancelled, understood } = running;
    running.cancelled = null;
    const { limits, events, watchers } = this.#parts;
    const ours = error.sqlstate === "57014" && cancelled !== null;
    if (understood.footing.kind === "concurrent") {
      await repairLeftovers(watchers.look, understood.footing, (what) => events.note(what));
      // It waits for others by design, and may meet one who waits for it.
      if (error.sqlstate !== "40P01" && error.sqlstate !== "55P03") return false;
    } else if (!ours && (error.sqlstate !== "55P03" || understood.footing.kind === "soft")) return false;
    if (cancelled?.working === true && ++running.tooLong >= TOO_LONG) return this.#giveUp(running, worksTooLong(running, limits));
    if (performance.now() - running.since > limits.lockLimitMs || events.signal.aborted)
      return this.#giveUp(running, {
        why: `no attempt of ${running.attempts} in ${seconds(performance.now() - running.since)} got its locks within ${limits.stallMs} ms`,
        help: "a larger --stall-budget, or a quieter hour",
      });
    if (statement.block && statement.replayable !== true) {
      if (!session.savepoint)
        return this.#giveUp(running, {
          why: `${cancelled?.why ?? "its locks were not to be had within the stall budget"}, and its transaction already holds strong locks: it can only be run again as a whole`,
          help: "one change of a hot table per transaction can be repeated by itself",
        });
      if (!(await own(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)).ok) return false;
      session.theirs = null;
      session.ours = null;
    } else if (statement.inTransaction && !statement.block) return false;
    if (statement.replayable === true) {
      this.#undo(session);
      session.replayed = running;
    }
    this.retried++;
    const pause = Math.min(2000, limits.stallMs * 6 * 2 ** Math.min(running.attempts - 1, 5)) * (0.5 + Math.random());
    events.note(
      `attempt ${running.attempts} of \`${short(running.sql)}\`: ${cancelled?.why ?? error.message}; once more in ${Math.round(pause)} ms`,
    );
    await sleep(pause, undefined, { signal: events.signal }).catch(() => {});
    return true;
  }

  async beforeStatement(): Promise<void> {}

  async afterStatement(statement: ProxiedStatement, outcome: StatementOutcome): Promise<void> {
    const session = this.sessions.get(statement.connectionId);
    const running = session?.running ?? null;
    if (session === undefined || running === null) return;
    session.running = null;
    session.last = running.sql;
    const { understood, cancelled } = running;
    const failed = outcome.error !== null;
    const { footing } = understood;
    const together = "it could not be run again unseen: it is one of several that were sent together";
    if (!running.gaveUp && cancelled !== null && outcome.error?.sqlstate === "57014")
      this.#giveUp(running, { why: cancelled.why, help: together });
    else if (!running.gaveUp && outcome.error?.sqlstate === "55P03" && (footing.kind === "strong" || footing.kind === "unknown"))
      this.#giveUp(running, { why: outcome.error.message, help: together });
    if (footing.kind === "control") return this.#control(session, understood, failed, outcome.commandTag);
    if (failed) {
      if (statement.replayable === true) this.#undo(session);
      if (footing.kind === "concurrent" && !statement.inTransaction)
        await repairLeftovers(this.#parts.watchers.look, footing, (what) => this.#parts.events.note(what));
      return;
    }
    // What came as messages of the extended protocol is committed with the Sync.
    const implicit = !statement.block || statement.replayable !== undefined;
    if (statement.inTransaction || statement.protocol === "extended") session.open ??= this.#opened(implicit);
    if (understood.unsettles) session.ours = null;
    const before = { ...this.#schema, session: session.settings };
    const history = historyOf(running.sql, understood.changes);
    if (understood.ddl) this.ddl++;
    if (understood.ddl) this.#schema = schemaAfter(understood.changes, before);
    const wrote = { changes: understood.writes ? 1 : 0, history };
    if (session.open === null) {
      if (understood.writes) this.progress.committed(wrote);
      return;
    }
    session.open.changes += wrote.changes;
    session.open.history ??= history;
    if (footing.kind === "strong" || footing.kind === "unknown") session.open.strong = true;
  }

  /** tread has rolled back the transaction in which the command was idle. */
  rolledBack(session: GuardedSession, why: string): void {
    this.gaveUp.push({
      sql: session.last,
      why,
      help: "it holds strong locks and does something else meanwhile: keep such a transaction short",
    });
    this.#undo(session);
  }

  #opened(implicit: boolean): NonNullable<GuardedSession["open"]> {
    return { strong: false, changes: 0, history: null, implicit, before: this.#schema };
  }

  #control(session: GuardedSession, { footing, changes }: Understood, failed: boolean, tag: string | null): void {
    if (footing.kind !== "control") return;
    switch (footing.verb) {
      case "begin":
        if (!failed) session.open ??= this.#opened(false);
        return;
      case "commit":
        if (failed || tag === "ROLLBACK") this.#undo(session);
        else this.#settle(session);
        return;
      case "rollback":
        return this.#undo(session);
      case "rollback-to":
        // What the settings are now was decided before the savepoint, and tread's own may be gone.
        session.savepoint = false;
        session.ours = null;
        return;
      case "set": {
        const [change] = changes;
        if (failed || change?.kind !== "set") return;
        if (change.setting === "lock_timeout" || change.setting === "all") {
          session.ours = null;
          session.theirs = null;
        }
        session.settings = { ...session.settings, ...change.session };
        return;
      }
      default:
    }
  }

  /** The transaction was committed. */
  #settle(session: GuardedSession): void {
    const { open } = session;
    if (open !== null && (open.changes > 0 || open.history !== null)) this.progress.committed(open);
    this.#over(session);
  }

  #undo(session: GuardedSession): void {
    if (session.open !== null) this.#schema = session.open.before;
    this.#over(session);
  }

  #over(session: GuardedSession): void {
    session.open = null;
    session.savepoint = false;
    session.ours = null;
    session.theirs = null;
  }

  #running(session: GuardedSession, statement: ProxiedStatement): Running {
    const { running, replayed } = session;
    if (replayed?.sql === statement.sql) {
      session.replayed = null;
      session.running = replayed;
      return replayed;
    }
    if (running !== null && running.sql === statement.sql && !running.sent) return running;
    const state = { ...this.#schema, session: session.settings };
    const understood = understand(this.#parts.engine, statement.sql, state, this.#parts.major, statement.block);
    const fresh = {
      sql: statement.sql,
      understood,
      since: performance.now(),
      attempts: 0,
      sent: false,
      cancelled: null,
      tooLong: 0,
      gaveUp: false,
    };
    session.running = fresh;
    return fresh;
  }

  /** Backends of the sessions that the command has now. */
  pids(): readonly number[] {
    return [...this.sessions.values()].map(({ control }) => control.backendPid);
  }

  #giveUp(running: Running, { why, help }: { readonly why: string; readonly help: string }): false {
    running.gaveUp = true;
    this.gaveUp.push({ sql: running.sql, why, help });
    return false;
  }
}

function worksTooLong({ understood: { footing }, tooLong }: Running, limits: GuardLimits): { readonly why: string; readonly help: string } {
  const works = footing.kind === "strong" && footing.works.length > 0 ? `: it ${footing.works.join(", ")}` : "";
  return {
    why: `it held its locks for longer than the stall budget (${limits.stallMs} ms) ${tooLong} times, and others waited${works}`,
    help: "`tread check` names the way that does not work under a strong lock; a larger --stall-budget lets it",
  };
}

function isCommit({ understood: { footing } }: Running): boolean {
  return footing.kind === "control" && footing.verb === "commit";
}

export function short(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length <= 90 ? line : `${line.slice(0, 87)}…`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
