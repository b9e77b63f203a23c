import type { TrafficReport } from "../../model/report.ts";
import { failureKind } from "../matrix/fate.ts";
import type { Sent } from "./traffic.ts";

/** Failures that the traffic also meets without any migration: made-up values, and queries that never worked. */
export type KnownFailures = ReadonlySet<string>;

export function knownFailures(sent: readonly Sent[]): Set<string> {
  return new Set(sent.flatMap((one) => (one.error === null ? [] : [signature(one, one.error.sqlstate)])));
}

/** What failed among the queries sent, by version and SQLSTATE, without what is known to fail anyway. */
export function failures(sent: readonly Sent[], known: KnownFailures): TrafficReport["failed"] {
  const attempts = new Map<string, number>();
  const failed = new Map<string, number>();
  for (const one of sent) {
    const query = `${one.version}#${one.query}`;
    attempts.set(query, (attempts.get(query) ?? 0) + 1);
    if (one.error !== null) {
      const key = signature(one, one.error.sqlstate);
      failed.set(key, (failed.get(key) ?? 0) + 1);
    }
  }
  const groups = new Map<string, { version: string; sqlstate: string; count: number; example: string }>();
  for (const one of sent) {
    if (one.error === null) continue;
    const { sqlstate, message } = one.error;
    const key = signature(one, sqlstate);
    if (known.has(key)) continue;
    if (failureKind(one.error) === "values") {
      // One unlucky value is no failure of the version; a query that fails whatever is sent is one.
      const all = attempts.get(`${one.version}#${one.query}`) ?? 0;
      if (all < 2 || failed.get(key) !== all) continue;
    }
    const group = groups.get(`${one.version}#${sqlstate}`) ?? {
      version: one.version,
      sqlstate,
      count: 0,
      example: `${oneLine(one.sql)}: ${message}`,
    };
    group.count++;
    groups.set(`${one.version}#${sqlstate}`, group);
  }
  return [...groups.values()].sort((a, b) => a.version.localeCompare(b.version) || a.sqlstate.localeCompare(b.sqlstate));
}

/**
 * How many queries of the whole rehearsal failed. A query that began to fail half-way has not failed whatever was sent: what was found
 * per statement counts too.
 */
export function failedInAll(
  sent: readonly Sent[],
  known: KnownFailures,
  statements: readonly { readonly traffic: TrafficReport | null }[],
): number {
  const sum = (groups: TrafficReport["failed"]): number => groups.reduce((total, { count }) => total + count, 0);
  return Math.max(sum(failures(sent, known)), sum(statements.flatMap(({ traffic }) => traffic?.failed ?? [])));
}

/**
 * Which statement of a transaction each query met. Others see a transaction's changes only when it has ended, so a query that fails from
 * then on is counted at the statement that broke it, and everything else at the one that ran at the time.
 */
export function byStatement(
  statements: readonly { readonly key: string; readonly from: number; readonly to: number }[],
  sent: readonly Sent[],
  brokenSince: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Sent[]> {
  const keys = new Set(statements.map(({ key }) => key));
  const result = new Map<string, Sent[]>(statements.map(({ key }) => [key, []]));
  for (const one of sent) {
    const breaker = one.error === null ? undefined : brokenSince.get(signature(one, one.error.sqlstate));
    const during = statements.find(({ from, to }) => one.to >= from && one.to < to)?.key;
    const key = during !== undefined && breaker !== undefined && keys.has(breaker) ? breaker : during;
    if (key !== undefined) result.get(key)?.push(one);
  }
  return result;
}

function signature(one: Sent, sqlstate: string): string {
  return `${one.version}#${one.query}#${sqlstate}`;
}

function oneLine(sql: string): string {
  const text = sql.replace(/\s+/g, " ").trim();
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
