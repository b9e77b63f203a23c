import type { JudgedStatement } from "../../model/judged.ts";
import type { Relation } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named, sentences, sqlTable } from "../words.ts";

export const partitionStillWritten: Rule = {
  id: "partition-still-written",
  summary: "a partition goes into which a version of the app still writes: its rows have no place any more",
  database: "postgres",
  kinds: ["drop-relation", "detach-partition"],
  check(statement, context) {
    const gone = [
      ...changesOf(statement, "drop-relation").map(({ name }) => ({ partition: name, verb: "dropping" })),
      ...changesOf(statement, "detach-partition").map(({ partition }) => ({ partition, verb: "detaching" })),
    ];
    return gone.flatMap(({ partition, verb }): Hazard[] => {
      const relation = statement.before.relations.get(partition);
      const parent = relation?.partitionOf ?? null;
      if (relation === undefined || parent === null || !context.existedBefore(statement, partition)) return [];
      const found = hazard(statement, context, relation, parent, verb);
      return found === null ? [] : [found];
    });
  },
};

const WRITES: ReadonlySet<string> = new Set(["insert", "copy", "merge"]);

function hazard(statement: JudgedStatement, context: RuleContext, relation: Relation, parent: string, verb: string): Hazard | null {
  // What the partition was made for may have moved: another one takes its place in the same release, or a default partition takes all.
  const end = (context.release.at(-1) ?? statement).after;
  const left = [...end.relations.values()].filter(({ partitionOf }) => partitionOf === parent);
  if (left.some(({ partitionBound }) => partitionBound === "DEFAULT" || partitionBound === relation.partitionBound)) return null;
  const writers = withAncestors(statement, parent).flatMap((table) =>
    context.versionWrites(table).filter(({ verb: how }) => WRITES.has(how)),
  );
  if (writers.length === 0) return null;
  const why = stillTaken(relation, statement.before.relations.get(parent), left);
  if (why === null) return null;
  const versions = [...new Set(writers.map(({ version }) => version))];
  const place = writers[0]?.query.origin;
  return {
    severity: "error",
    about: relation.name,
    message: `${verb} ${named(relation.name)}, and ${list(versions)} ${versions.length === 1 ? "writes" : "write"} into ${named(parent)}`,
    label: "its rows have no partition from here on",
    why: sentences(
      `An INSERT into ${named(parent)} of a row that belonged there fails with SQLSTATE 23514 (no partition of relation found for row).`,
      `${why}.`,
    ),
    help: `keep it until nothing writes what it takes, or make first what takes its place: \`CREATE TABLE … PARTITION OF ${sqlTable(parent)} …\``,
    evidence: [
      {
        kind: "query",
        text: `${versions[0] ?? ""} writes into ${named(parent)}${place === undefined ? "" : ` (${place})`}`,
        from: "static",
        witness: "the queries of the live versions",
        value: { versions, queries: writers.map(({ query }) => query.origin) },
      },
      ...context.evidence(statement, [relation.name, parent]),
    ],
    liveVersions: versions,
  };
}

/** A partitioned table and those that it is itself a partition of: a row may come in at any of them. */
function withAncestors(statement: JudgedStatement, parent: string): readonly string[] {
  const found = [parent];
  for (let next = parent; ;) {
    const above = statement.before.relations.get(next)?.partitionOf ?? null;
    if (above === null || found.includes(above)) return found;
    found.push(above);
    next = above;
  }
}

/** Why rows are still written that belong there; null where they are all of the past. */
function stillTaken(relation: Relation, parent: Relation | undefined, left: readonly Relation[]): string | null {
  const bound = relation.partitionBound ?? "";
  if (bound === "DEFAULT") return "It is the default partition: it takes every row that no other one does";
  const range = rangeOf(bound);
  if (range === null)
    return /\bmodulus\b/i.test(bound) ? "It takes its share of all rows" : "It takes its values whenever they are written";
  const [key] = parent?.partitionKey?.columns ?? [];
  const type = parent?.columns.find(({ name }) => name === key)?.type.name ?? "";
  // Ask the column: `Date.parse("2000")` is a year too.
  if (/^(?:date|timestamp)/.test(type)) {
    const [from, to] = [at(range.from, Date.parse), at(range.to, Date.parse)];
    if (Number.isNaN(from) || Number.isNaN(to)) return `Whether its range (${range.from} to ${range.to}) is of the past cannot be told`;
    const now = Date.now();
    return from <= now && now < to ? `Its range (${range.from} to ${range.to}) is that of today` : null;
  }
  const end = at(range.to, Number);
  if (Number.isNaN(end)) return "It takes its values whenever they are written";
  // A number grows: the last range is the one that is being written.
  const later = left.some(({ partitionBound }) => at(rangeOf(partitionBound ?? "")?.from ?? "", Number) >= end);
  return later ? null : "It is the last range, which takes the newest rows";
}

/** `FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`, by the first column of the key: it comes first in the order. */
function rangeOf(bound: string): { readonly from: string; readonly to: string } | null {
  const { from, to } = /FROM \((?<from>[^()]+)\) TO \((?<to>[^()]+)\)/i.exec(bound)?.groups ?? {};
  const first = (text: string): string => (text.split(",")[0] ?? "").trim().replace(/^'(.*)'$/, "$1");
  return from === undefined || to === undefined ? null : { from: first(from), to: first(to) };
}

function at(limit: string, read: (text: string) => number): number {
  if (/^minvalue$/i.test(limit)) return -Infinity;
  if (/^maxvalue$/i.test(limit)) return Infinity;
  return limit === "" ? Number.NaN : read(limit);
}
