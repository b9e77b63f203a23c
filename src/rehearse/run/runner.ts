import { setTimeout as sleep } from "node:timers/promises";
import { withoutStubParameters } from "../../engines/postgres/embedded/extensions.ts";
import type { EngineError } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { TrafficReport } from "../../model/report.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { byStatement, failures, knownFailures } from "../traffic/felt.ts";
import type { Traffic } from "../traffic/traffic.ts";
import type { ObservedStatement } from "../types.ts";
import { controlOf, setForSession } from "./control.ts";
import { changesOnlyRows, effectsOf, keyOf } from "./effects-of.ts";
import type { Lab } from "./lab.ts";
import { type Done, runUntilLocked } from "./for-real.ts";
import { leftOut } from "./left-out.ts";
import type { MainSession } from "./main-session.ts";
import { standIn } from "./stand-in.ts";
import { type Undone, undoneIn } from "./undone.ts";

/** Traffic runs this long before and after each transaction, so that even an instant statement meets some. */
const BEFORE_MS = 40;
const AFTER_MS = 150;
/** On a busy machine a broken query may take its time to come round. */
const PATIENCE_MS = 1500;
export interface RunnerParts {
  readonly lab: Lab;
  readonly matrix: Matrix;
  readonly traffic: Traffic;
  readonly main: MainSession;
  readonly known: Set<string>;
}

const UNDONE = "the file takes it back, and its transaction held other locks already";

/**
 * Runs transactions one after the other: first on the twin, statement by statement, which tells the effects and the schema after each;
 * then as a whole at full size among the traffic, which tells duration, failure and what was felt. In between nothing lingers, so that
 * the locks of the real transaction are held no longer than its tool would.
 */
export class Runner {
  readonly results: ObservedStatement[] = [];
  readonly #parts: RunnerParts;
  readonly #sofar: JudgedStatement[] = [];
  #step = "start";
  #failed: { readonly key: string; readonly error: EngineError } | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async newSession(): Promise<void> {
    const { main, lab } = this.#parts;
    if (main.inTransaction) {
      // The tool's connection ends with the file: what is not committed is undone.
      await main.control("ROLLBACK");
      lab.limits.push(`${this.#step} left its transaction open: it was rolled back, as when a connection ends`);
      lab.twin.loseStep("a transaction was left open");
    }
    await main.newSession();
    await lab.twin.newSession();
  }

  /** @param entries the statements of one transaction, or a single one that runs by itself */
  async transaction(entries: readonly JudgedStatement[]): Promise<void> {
    if (this.#failed !== null) {
      for (const entry of entries) this.#notRun(entry);
      return;
    }
    const { main, traffic, lab, matrix, known } = this.#parts;
    const start = this.#step;
    const done: Done[] = [];
    const locals = new Set<string>();
    const undone = undoneIn(entries.map((entry) => entry.statement));
    for (const entry of entries) {
      const one = await this.#rehearseOnTwin(entry, locals, undone);
      done.push(one);
      this.#sofar.push(entry);
      if (one.twin?.effects.error != null) break;
    }
    // Statements after a failure on the twin still run for real: only that decides.
    for (const entry of entries.slice(done.length))
      done.push({ entry, key: keyOf(entry), notObserved: null, twin: null, main: null, instead: [], span: null });

    const keys = new Set(done.map((one) => one.key));
    const breaking = [...matrix.brokenSince]
      .filter(([, step]) => keys.has(step))
      .map(([signature]) => signature.slice(0, signature.lastIndexOf("#")));
    const tables = done.flatMap(({ twin, entry }) =>
      [...(twin?.effects.locks ?? []), ...(entry.predicted?.locks ?? [])].map((lock) => lock.relation),
    );
    traffic.focus(tables, new Set(breaking));
    await sleep(BEFORE_MS);
    await main.remember();
    const began = Date.now();
    const failedAt = await runUntilLocked(main, lab, done);
    const ended = Date.now();
    if (!main.inTransaction) await sleep(AFTER_MS);
    if (!main.inTransaction && failedAt === null) await traffic.untilFelt(ended, PATIENCE_MS);
    for (const name of locals) {
      const value = await main.setting(name);
      if (value !== null) await lab.twin.set(name, value);
    }
    if (failedAt === null) await this.#catchUp(done, locals, undone);
    await this.#report(done, failedAt, { began, ended, start });
    for (const signature of [...knownFailures(traffic.sent.filter((sent) => sent.from >= began)), ...matrix.brokenSince.keys()])
      known.add(signature);
  }

  /**
   * The copy failed where the real rows were fine (a backfill that could not be repeated on it): it gets new rows and tries again, the
   * statements after that one too.
   */
  async #catchUp(done: Done[], locals: Set<string>, undone: Undone): Promise<void> {
    const { lab, matrix } = this.#parts;
    const from = done.findIndex((one) => one.twin?.effects.error != null);
    if (from === -1) return;
    await lab.refillTwin();
    for (const [i, one] of done.entries()) {
      if (i < from) continue;
      matrix.revise(one.key, "");
      const again = await this.#rehearseOnTwin(one.entry, locals, undone);
      one.twin = again.twin;
      const error = again.twin?.effects.error ?? null;
      if (error !== null) {
        lab.twin.loseStep(`${one.key} failed on the copy only (${error.message})`);
        matrix.revise(one.key, "");
        matrix.unknown(one.key);
      }
    }
  }

  async #rehearseOnTwin(entry: JudgedStatement, locals: Set<string>, undone: Undone): Promise<Done> {
    const { lab, matrix } = this.#parts;
    const { statement } = entry;
    const key = keyOf(entry);
    const base = { entry, key, twin: null, main: null, instead: [], span: null };
    const same = (): void => {
      matrix.same(key, this.#step);
      this.#step = key;
    };
    if (statement.kind === "code") {
      const instead = await standIn(lab.probe, entry, this.#sofar);
      for (const { sql } of instead) await lab.twin.run(sql);
      if (instead.length > 0)
        lab.limits.push(
          `${key} (${statement.sql}) is code and was not run: the columns it fills were given made-up values, so that later statements meet rows as they will; what the traffic felt meanwhile is the least that the code does`,
        );
      same();
      const command =
        statement.facts === null || entry.migration.source === "django"
          ? "tread rehearse -- python manage.py migrate"
          : "tread rehearse -- <your migrate command>";
      return {
        ...base,
        instead,
        notObserved: `${entry.migration.source === "django" ? "Python code" : "code"}: rehearse it with ${command}`,
      };
    }
    const out = await leftOut(statement, key);
    if (out !== null) {
      if (out.limit !== null) lab.limits.push(out.limit);
      if (out.hides) matrix.unknown(key);
      else same();
      return { ...base, notObserved: out.why };
    }
    const control = controlOf(statement.sql);
    if (control.kind === "transaction") {
      if (control.undoes && !undone.rollbacks.has(statement)) lab.twin.loseStep(`${key} rolls back`);
      same();
      return { ...base, notObserved: null };
    }
    if (lab.twin.outOfStep !== null) {
      matrix.unknown(key);
      return { ...base, notObserved: null };
    }
    // Its ROLLBACK comes: the copy stays where it is.
    if (undone.statements.has(statement)) {
      same();
      return { ...base, undone: true, notObserved: null };
    }
    if (control.kind === "set" && control.transaction) {
      same();
      return { ...base, notObserved: null };
    }
    if (control.kind === "set" && control.local && control.name !== null) locals.add(control.name);
    const twin = await lab.twin.run(
      control.kind === "set" ? setForSession(statement.sql) : withoutStubParameters(statement.sql),
      statement.copyData,
    );
    const { effects } = twin;
    if (effects.error !== null || control.kind === "set" || changesOnlyRows(statement.sql, effects)) same();
    else {
      await matrix.after(key, effects.locks.length === 0 ? null : effects.locks.map((lock) => lock.relation));
      this.#step = key;
    }
    return { ...base, twin, notObserved: null };
  }

  async #report(done: readonly Done[], failedAt: number | null, when: { began: number; ended: number; start: string }): Promise<void> {
    const { matrix, traffic, lab, known } = this.#parts;
    const until = Date.now();
    const spans = done.flatMap((one) => (one.span === null ? [] : [{ key: one.key, ...one.span }]));
    const windows = spans.map((span, i) => ({ key: span.key, from: span.from, to: spans[i + 1]?.from ?? until }));
    const felt = byStatement(
      windows,
      traffic.sent.filter((sent) => sent.to >= when.began),
      matrix.brokenSince,
    );
    for (const [i, one] of done.entries()) {
      if (failedAt !== null && i > failedAt) {
        matrix.revise(one.key, "");
        this.#notRun(one.entry);
        continue;
      }
      if (failedAt === i && one.main?.error != null) {
        this.#failed = { key: one.key, error: one.main.error };
        // A failed transaction leaves what was before it; a failed statement on its own, what was before that.
        matrix.revise(one.key, one.entry.statement.transaction !== null ? when.start : (done[i - 1]?.key ?? when.start));
        this.#step = one.key;
      }
      const window = windows.find(({ key }) => key === one.key);
      const traffics: TrafficReport | null =
        window === undefined
          ? null
          : {
              longestStallMs: lab.stalls.longest(window.from, window.to, "migration"),
              failed: failures(felt.get(one.key) ?? [], known),
            };
      const seen =
        one.main === null
          ? { observed: null, why: one.notObserved }
          : effectsOf(one.entry, one.twin, one.main, one.undone === true ? UNDONE : lab.twin.outOfStep);
      this.results.push({
        key: one.key,
        observed: seen.observed,
        heldAfter: one.main?.heldAfter ?? [],
        durationMs: one.main?.durationMs ?? null,
        notObserved: seen.why,
        traffic: traffics,
      });
    }
  }

  #notRun(entry: JudgedStatement): void {
    const key = keyOf(entry);
    const failed = this.#failed;
    this.#parts.matrix.unknown(key);
    this.results.push({
      key,
      observed: null,
      heldAfter: [],
      durationMs: null,
      notObserved:
        failed === null ? "not run" : `not run: ${failed.key} failed before it (${failed.error.sqlstate}: ${failed.error.message})`,
      traffic: null,
    });
  }
}
