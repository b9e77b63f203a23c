import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { PostgresEffects, TableLock } from "../../model/effects.ts";
import { LOCK_MODES } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { changesOnlyRows, keyOf } from "../run/effects-of.ts";
import { GIVES_WAY } from "../run/for-real.ts";
import { leftOut } from "../run/left-out.ts";
import { standIn } from "../run/stand-in.ts";
import { byStatement, failures, knownFailures } from "../traffic/felt.ts";
import type { StallWatch } from "../traffic/stalls.ts";
import type { Traffic } from "../traffic/traffic.ts";
import type { ObservedStatement } from "../types.ts";
import type { CloneResult, CloneSession } from "./session.ts";
import { withoutValues } from "./values.ts";

const BEFORE_MS = 40;
const AFTER_MS = 200;
const LOCK_TRIES = 10;

export interface FullSizeParts {
  readonly session: CloneSession;
  /** For what is only read: tables and columns that code would fill. */
  readonly reader: Client;
  readonly matrix: Matrix;
  readonly traffic: Traffic;
  readonly stalls: StallWatch;
  readonly known: Set<string>;
  readonly limits: Set<string>;
  readonly progress: (message: string) => void;
}

interface Done {
  readonly entry: JudgedStatement;
  readonly key: string;
  result: CloneResult | null;
  readonly notObserved: string | null;
}

/** Runs the transactions on the clone, one after the other, among the traffic. Stops at the first that fails. */
export class FullSizeRunner {
  readonly results: ObservedStatement[] = [];
  readonly #parts: FullSizeParts;
  readonly #sofar: JudgedStatement[] = [];
  #step = "start";
  #failed: string | null = null;

  constructor(parts: FullSizeParts) {
    this.#parts = parts;
  }

  async newSession(): Promise<void> {
    const { session, limits } = this.#parts;
    if (session.inTransaction) {
      await session.control("ROLLBACK");
      limits.add(`${this.#step} left its transaction open: it was rolled back, as when a connection ends`);
    }
    await session.newSession();
  }

  async transaction(entries: readonly JudgedStatement[]): Promise<void> {
    const { session, traffic, matrix, known, limits } = this.#parts;
    if (this.#failed !== null) {
      for (const entry of entries) this.#notRun(keyOf(entry));
      return;
    }
    traffic.focus(
      entries.flatMap((entry) => (entry.predicted?.locks ?? []).map((lock) => lock.relation)),
      new Set(),
    );
    await sleep(BEFORE_MS);
    const began = Date.now();
    let done: Done[] = [];
    for (let tries = 1; ; tries++) {
      done = await this.#once(entries);
      const failed = done.find(({ result }) => result?.error != null)?.result?.error ?? null;
      const gaveWay = failed !== null && GIVES_WAY.has(failed.sqlstate);
      const interrupted = entries.some((entry) => /\bconcurrently\b/i.test(entry.statement.sql));
      if (!gaveWay || interrupted || tries >= LOCK_TRIES) break;
      limits.add(
        `${keyOf(entries[0] ?? done[0]?.entry ?? fail())} gave way to the traffic and was tried again (SQLSTATE ${failed.sqlstate})`,
      );
      await sleep(100);
    }
    this.#sofar.push(...entries);
    if (!session.inTransaction) await sleep(AFTER_MS);
    await this.#report(done, entries, began);
    for (const signature of [...knownFailures(traffic.sent.filter((sent) => sent.from >= began)), ...matrix.brokenSince.keys()])
      known.add(signature);
  }

  async #once(entries: readonly JudgedStatement[]): Promise<Done[]> {
    const { session } = this.#parts;
    const first = entries[0]?.statement;
    const opens = first !== undefined && first.transaction !== null && !session.inTransaction && !/^(?:begin|start)\b/i.test(first.sql);
    if (opens) await session.control("BEGIN");
    const done: Done[] = [];
    for (const entry of entries) {
      const one = await this.#one(entry);
      done.push(one);
      if (one.result?.error == null) continue;
      if (session.inTransaction) await session.control("ROLLBACK");
      return done;
    }
    if (!opens || !session.inTransaction) return done;
    const error = await session.control("COMMIT");
    const last = done.findLast(({ result }) => result !== null);
    if (error !== null && last?.result != null) last.result = { ...last.result, error };
    return done;
  }

  async #one(entry: JudgedStatement): Promise<Done> {
    const { session, reader, limits, progress } = this.#parts;
    const { statement } = entry;
    const base = { entry, key: keyOf(entry), result: null };
    if (statement.kind === "code") {
      for (const { sql } of await standIn(reader, entry, [...this.#sofar, entry])) {
        const inside = session.inTransaction;
        if (inside) await session.control("SAVEPOINT tread");
        const error = await session.control(sql);
        if (inside) await session.control(error === null ? "RELEASE SAVEPOINT tread" : "ROLLBACK TO SAVEPOINT tread");
      }
      limits.add(`${base.key} (${statement.sql}) is code and was not run: the columns it fills were given made-up values on the clone`);
      return { ...base, notObserved: "code: its own tool runs it" };
    }
    const out = await leftOut(statement, base.key);
    if (out !== null) {
      if (out.limit !== null) limits.add(out.limit);
      return { ...base, notObserved: out.why };
    }
    const started = Date.now();
    const shown = statement.sql.replace(/\s+/g, " ").trim().slice(0, 60);
    const timer = setInterval(() => progress(`${base.key} runs since ${Math.round((Date.now() - started) / 1000)} s: ${shown}`), 5000);
    try {
      const result = await session.run(statement.sql, statement.copyData);
      return { ...base, result: result.error === null ? result : { ...result, error: withoutValues(result.error) }, notObserved: null };
    } finally {
      clearInterval(timer);
    }
  }

  async #report(done: readonly Done[], entries: readonly JudgedStatement[], began: number): Promise<void> {
    const { matrix, session, traffic, stalls, known } = this.#parts;
    const failedAt = done.findIndex(({ result }) => result?.error != null);
    const start = this.#step;
    const until = Date.now();
    const spans = done.flatMap(({ key, result }) => (result === null ? [] : [{ key, from: result.from, to: result.to }]));
    const windows = spans.map((span, i) => ({ key: span.key, from: span.from, to: spans[i + 1]?.from ?? until }));
    // Others see what a transaction did when it has ended, so its last statement is where the schema changes.
    const locked = done.flatMap(({ result }) => result?.effects?.locks.map((lock) => lock.relation) ?? []);
    const changed = done.some(({ entry, result }) => result?.effects != null && !changesOnlyRows(entry.statement.sql, result.effects));
    for (const [i, one] of done.entries()) {
      const last = i === done.length - 1;
      if (failedAt === -1 && last && changed && !session.inTransaction) await matrix.after(one.key, locked.length === 0 ? null : locked);
      else matrix.same(one.key, start);
      this.#step = one.key;
    }
    const felt = byStatement(
      windows,
      traffic.sent.filter((sent) => sent.to >= began),
      matrix.brokenSince,
    );
    for (const one of done) {
      const window = windows.find(({ key }) => key === one.key);
      const { result } = one;
      this.results.push({
        key: one.key,
        observed: result === null || result.unseen !== undefined ? null : seen(one.entry, result),
        heldAfter: result?.heldAfter ?? [],
        durationMs: result?.durationMs ?? null,
        notObserved: one.notObserved ?? result?.unseen ?? null,
        traffic:
          window === undefined
            ? null
            : {
                longestStallMs: stalls.longest(window.from, window.to, "migration"),
                failed: failures((felt.get(one.key) ?? []).map(cleaned), known),
              },
      });
    }
    const failed = done[failedAt];
    if (failed?.result?.error == null) return;
    this.#failed = `${failed.key} failed before it (${failed.result.error.sqlstate}: ${failed.result.error.message})`;
    for (const entry of entries.slice(done.length)) this.#notRun(keyOf(entry));
  }

  #notRun(key: string): void {
    this.#parts.matrix.unknown(key);
    this.results.push({
      key,
      observed: null,
      heldAfter: [],
      durationMs: null,
      notObserved: `not run: ${this.#failed ?? ""}`,
      traffic: null,
    });
  }
}

/**
 * A lock that the transaction holds already cannot be seen a second time. Where the prediction says that the statement takes one that is
 * no stronger, that stands: nothing here contradicts it.
 */
function seen(entry: JudgedStatement, { effects, heldBefore, error }: CloneResult): PostgresEffects {
  if (effects === null) return { locks: [], rewrites: [], scans: [], indexBuilds: [], error };
  if (error !== null || heldBefore.length === 0) return { ...effects, error };
  const rank = (lock: TableLock): number => LOCK_MODES.indexOf(lock.mode);
  const hidden = (entry.predicted?.locks ?? []).filter(
    (lock) =>
      !effects.locks.some(({ relation }) => relation === lock.relation) &&
      heldBefore.some((held) => held.relation === lock.relation && rank(held) >= rank(lock)),
  );
  const locks = [...effects.locks, ...hidden].sort((a, b) => (a.relation < b.relation ? -1 : 1));
  return { ...effects, locks, error };
}

function cleaned<T extends { readonly error: { readonly sqlstate: string; readonly message: string } | null }>(sent: T): T {
  return sent.error === null ? sent : { ...sent, error: withoutValues(sent.error) };
}

function fail(): never {
  throw new Error("a transaction without statements");
}
