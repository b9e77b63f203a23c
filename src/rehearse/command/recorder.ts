import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { PostgresEffects, TableLock } from "../../model/effects.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { isPlanned } from "../observe/effects.ts";
import { locksOf } from "../observe/locks.ts";
import { observeTotals, type Relations, tableLocks } from "../observe/relations.ts";
import type { ProxiedStatement, ProxyHooks, StatementOutcome } from "../../engines/postgres/proxy/types.ts";
import { isAboutBookkeeping } from "../run/bookkeeping.ts";
import { controlOf, setForSession, withoutComments } from "../run/control.ts";
import type { Lab } from "../run/lab.ts";
import { changesOnlyRows } from "../run/effects-of.ts";
import { byStatement, failures, knownFailures } from "../traffic/felt.ts";
import type { Traffic } from "../traffic/traffic.ts";
import { isJudged, setsTimeout } from "./judged.ts";
import { type Connection, forgetTransaction, type Ran, repeat, shapeOf } from "./ran.ts";
import type { CommandStatement } from "./types.ts";

const AFTER_MS = 120;
const PATIENCE_MS = 1000;
const NO_LOCKS: PostgresEffects = { locks: [], rewrites: [], scans: [], indexBuilds: [], error: null };

export interface RecorderParts {
  readonly lab: Lab;
  readonly matrix: Matrix;
  readonly traffic: Traffic;
  readonly watch: Client;
  readonly known: Set<string>;
  readonly onStatement: (sql: string) => void;
}

/**
 * Records what a command sends through the proxy. While a transaction is open nothing is done that takes time, since its locks are held;
 * when it has ended its statements are repeated on the twin, which tells their effects and the schema after each. What was rolled back
 * is not repeated.
 */
export class Recorder implements ProxyHooks {
  readonly statements: CommandStatement[] = [];
  /** Looks of the tool at the catalogue, and settings: nothing to judge. */
  looks = 0;
  readonly #parts: RecorderParts;
  readonly #connections = new Map<number, Connection>();
  readonly #started = new Map<number, number>();
  #count = 0;
  #transactions = 0;
  #kept = 0;
  #order = 0;
  readonly #places = new Map<string, number>();
  #step = "start";
  #chain: Promise<void> = Promise.resolve();
  #fault: unknown = null;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  async beforeStatement(statement: ProxiedStatement): Promise<void> {
    this.#parts.lab.stalls.addMigration(statement.backendPid);
    const connection = this.#connection(statement);
    if (connection.ran.length === 0 && isJudged(statement.sql)) {
      await this.#caughtUp();
      connection.atStart = await observeTotals(this.#parts.watch);
    }
    this.#started.set(statement.connectionId, Date.now());
  }

  async afterStatement(statement: ProxiedStatement, outcome: StatementOutcome): Promise<void> {
    const to = Date.now();
    const from = this.#started.get(statement.connectionId) ?? to - outcome.durationMs;
    const connection = this.#connection(statement);
    const control = controlOf(statement.sql);
    const word = withoutComments(statement.sql).toLowerCase();
    if (control.kind === "transaction") {
      await this.#transaction(connection, word, outcome);
      return;
    }
    if (!isJudged(statement.sql) && !setsTimeout(statement.sql) && outcome.error === null) {
      this.looks++;
      if (control.kind === "set" && !control.transaction)
        this.#queue(async () => void (await this.#parts.lab.twin.run(setForSession(statement.sql))));
      return;
    }
    const shape = outcome.error === null && isPlanned(statement.sql) ? shapeOf(statement) : null;
    const same = shape === null ? undefined : connection.shapes.get(shape);
    if (same !== undefined) {
      repeat(same, outcome.durationMs, to);
      return;
    }
    this.#parts.onStatement(statement.sql);
    const heldAfter = statement.inTransaction && outcome.error === null ? await this.#held(statement.backendPid, connection.atStart) : [];
    const bookkeeping = isAboutBookkeeping(statement.sql);
    const ran: Ran = {
      // Judged statements count for themselves: their number is their place in the migration that they are judged as.
      key: bookkeeping ? `bookkeeping#${this.#kept++}` : `command#${this.#count++}`,
      order: this.#order++,
      bookkeeping,
      statement,
      error: outcome.error,
      durationMs: Math.round(outcome.durationMs * 10) / 10,
      from,
      to,
      heldAfter,
      times: 1,
      reported: null,
    };
    connection.ran.push(ran);
    if (shape !== null) connection.shapes.set(shape, ran);
    if (!statement.inTransaction) await this.#settle(connection);
  }

  /** After the command has ended: what no COMMIT ended was rolled back with its connection. */
  async finish(): Promise<void> {
    for (const connection of this.#connections.values()) {
      const open = connection.ran.splice(0);
      this.#queue(() => this.#report(open, false));
    }
    await this.#caughtUp();
    // What was rolled back was reported before the rest of its transaction.
    this.statements.sort((a, b) => (this.#places.get(a.key) ?? 0) - (this.#places.get(b.key) ?? 0));
  }

  async #transaction(connection: Connection, word: string, outcome: StatementOutcome): Promise<void> {
    const name = /^(?:savepoint|rollback\s+(?:work\s+|transaction\s+)?to(?:\s+savepoint)?|release(?:\s+savepoint)?)\s+"?([^\s";]+)"?/.exec(
      word,
    )?.[1];
    if (word.startsWith("savepoint") && name !== undefined) {
      connection.savepoints.push({ name, at: connection.ran.length });
    } else if (/^rollback\s+(?:work\s+|transaction\s+)?to\b/.test(word)) {
      const savepoint = connection.savepoints.findLast((one) => one.name === name);
      const undone = connection.ran.splice(savepoint?.at ?? connection.ran.length);
      for (const [shape, ran] of connection.shapes) if (undone.includes(ran)) connection.shapes.delete(shape);
      this.#queue(() => this.#report(undone, false));
    } else if (/^(?:commit|end)\b/.test(word) && outcome.error === null && outcome.commandTag !== "ROLLBACK") {
      await this.#settle(connection);
    } else if (/^(?:rollback|abort|commit|end)\b/.test(word)) {
      connection.savepoints = [];
      forgetTransaction(connection);
      const undone = connection.ran.splice(0);
      this.#queue(() => this.#report(undone, false));
    }
  }

  /** The transaction has ended well. The tool waits meanwhile, and the traffic goes on. */
  async #settle(connection: Connection): Promise<void> {
    connection.savepoints = [];
    forgetTransaction(connection);
    const ran = connection.ran.splice(0);
    if (ran.length === 0) return;
    await sleep(AFTER_MS);
    this.#queue(() => this.#report(ran, true));
    await this.#caughtUp();
  }

  async #report(ran: readonly Ran[], lasted: boolean): Promise<void> {
    const transaction = this.#transactions++;
    const { lab, traffic, known, matrix } = this.#parts;
    const effects = new Map<string, { readonly observed: PostgresEffects | null; readonly why: string | null }>();
    for (const one of ran) effects.set(one.key, lasted && one.error === null ? await this.#onTwin(one) : this.#undone(one));
    if (lasted) await this.#feel(ran, effects);
    const until = Date.now();
    const windows = ran.map((one, i) => ({ key: one.key, from: one.from, to: ran[i + 1]?.from ?? until }));
    const felt = byStatement(windows, traffic.sent, matrix.brokenSince);
    for (const [i, one] of ran.entries()) {
      const window = windows[i];
      const reported = {
        times: one.times,
        key: one.key,
        sql: one.statement.sql,
        connection: one.statement.connectionId,
        transaction: one.statement.inTransaction ? transaction : null,
        bookkeeping: one.bookkeeping,
        lasted: lasted && one.error === null,
        observed: effects.get(one.key)?.observed ?? null,
        notObserved: effects.get(one.key)?.why ?? null,
        heldAfter: one.heldAfter,
        durationMs: one.durationMs,
        traffic:
          window === undefined
            ? null
            : { longestStallMs: lab.stalls.longest(window.from, window.to, "migration"), failed: failures(felt.get(one.key) ?? [], known) },
      };
      one.reported = reported;
      this.#places.set(one.key, one.order);
      this.statements.push(reported);
    }
    const first = ran[0]?.from ?? until;
    for (const signature of [...knownFailures(traffic.sent.filter((sent) => sent.from >= first)), ...matrix.brokenSince.keys()])
      known.add(signature);
  }

  /** The transaction has ended and the tool waits: time for the traffic to meet what it broke. */
  async #feel(ran: readonly Ran[], effects: ReadonlyMap<string, { readonly observed: PostgresEffects | null }>): Promise<void> {
    const { traffic, matrix } = this.#parts;
    const keys = new Set(ran.map(({ key }) => key));
    const breaking = [...matrix.brokenSince]
      .filter(([, step]) => keys.has(step))
      .map(([signature]) => signature.slice(0, signature.lastIndexOf("#")));
    const tables = ran.flatMap(({ key }) => effects.get(key)?.observed?.locks.map((lock) => lock.relation) ?? []);
    traffic.focus(tables, new Set(breaking));
    await traffic.untilFelt(ran[0]?.from ?? 0, PATIENCE_MS);
  }

  async #onTwin(one: Ran): Promise<{ readonly observed: PostgresEffects | null; readonly why: string | null }> {
    const { lab, matrix } = this.#parts;
    const { sql } = one.statement;
    if (lab.twin.outOfStep !== null) {
      if (!one.bookkeeping) matrix.unknown(one.key);
      return { observed: null, why: `ran, but its own effects could not be told apart: ${lab.twin.outOfStep}` };
    }
    if (/\$\d/.test(sql) || /^\s*copy\b.*\bfrom\s+stdin\b/is.test(sql)) {
      // Rows alone change here; they are seeded on the copy anyway.
      this.#same(one);
      return {
        observed: null,
        why: "ran with parameters or data of its own, which are not kept: only its duration and what the traffic felt were seen",
      };
    }
    if (setsTimeout(sql)) {
      await lab.twin.run(setForSession(sql));
      this.#same(one);
      return { observed: NO_LOCKS, why: null };
    }
    let twin = await lab.twin.run(sql);
    if (twin.effects.error !== null && /^2[23]/.test(twin.effects.error.sqlstate)) {
      await lab.refillTwin();
      twin = await lab.twin.run(sql);
    }
    const { effects } = twin;
    if (effects.error !== null) {
      lab.twin.loseStep(`${one.key} failed on the copy only (${effects.error.message})`);
      if (!one.bookkeeping) matrix.unknown(one.key);
      return { observed: null, why: `ran, but its own effects could not be seen: on the copy it failed (${effects.error.message})` };
    }
    if (one.bookkeeping || changesOnlyRows(sql, effects)) this.#same(one);
    else {
      await matrix.after(one.key, effects.locks.length === 0 ? null : effects.locks.map((lock) => lock.relation));
      this.#step = one.key;
    }
    return { observed: effects, why: null };
  }

  #undone(one: Ran): { readonly observed: PostgresEffects | null; readonly why: string | null } {
    this.#same(one);
    if (one.error !== null) return { observed: { ...NO_LOCKS, error: one.error }, why: null };
    return { observed: null, why: "its transaction was rolled back by the command" };
  }

  #same(one: Ran): void {
    if (one.bookkeeping) return;
    this.#parts.matrix.same(one.key, this.#step);
    this.#step = one.key;
  }

  async #held(pid: number, atStart: Relations): Promise<readonly TableLock[]> {
    return tableLocks(atStart, (await locksOf(this.#parts.watch, pid)).held);
  }

  #connection(statement: ProxiedStatement): Connection {
    const known = this.#connections.get(statement.connectionId);
    if (known !== undefined) return known;
    const connection: Connection = { ran: [], shapes: new Map(), savepoints: [], atStart: new Map() };
    this.#connections.set(statement.connectionId, connection);
    return connection;
  }

  /** Connections call independently of each other; the twin is one. */
  #queue(work: () => Promise<void>): void {
    this.#chain = this.#chain.then(work).catch((error: unknown) => {
      this.#fault ??= error;
    });
  }

  async #caughtUp(): Promise<void> {
    await this.#chain;
    if (this.#fault !== null) throw this.#fault;
  }
}
