import type { KeyMove, StepOrigin, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import { METADATA, NO_WORK, RANK, rewriteOf, type Draft, type PlanContext } from "./context.ts";
import type { Family } from "./family.ts";
import { quoted } from "./intents.ts";
import { keyExpressions } from "./key-identity.ts";
import { createLike, engineOfNew, mirrorQuery, plainEngine, tableText, type NewKeys } from "./key-table.ts";

/** What is made, filled, compared, swapped and dropped, in this order. */
export function keySteps(
  context: PlanContext,
  family: Family,
  sample: CatalogueTable,
  keys: NewKeys,
  from: StepOrigin,
  compares: KeyMove["compares"],
): readonly Draft[] {
  const { inventory } = context;
  const { base } = family;
  const [other, parts, into, mirror] = keyTables(base);
  const columns = sample.columns.filter(({ defaultKind }) => defaultKind === "" || defaultKind === "DEFAULT").map(({ name }) => name);
  const move: KeyMove = {
    table: base,
    other,
    from: parts,
    into,
    mirror,
    groups: family.groups,
    columns,
    sortingKey: sample.sortingKey,
    partitionKey: sample.partitionKey,
    partitionsDiffer:
      keys.partition !== null && keyExpressions(keys.partition).join(", ") !== keyExpressions(sample.partitionKey).join(", "),
    compares,
    readByViews: family.readers.some(({ table }) => table.kind === "materialized-view"),
  };
  // The replicas of one shard follow each other.
  const placed = family.groups.flatMap(({ shard, hosts }) =>
    hosts.flatMap((host) => {
      const table = inventory.at(host, base);
      const text = table === null ? null : tableText(table);
      return table === null || text === null ? [] : [{ host, shard: shard ?? inventory.shardOf(host), table, text }];
    }),
  );
  const hosts = placed.map(({ host }) => host);
  const suffix = `_tread_${shortOf(keys)}`;
  const perHost = (make: (one: (typeof placed)[number]) => Pick<StepRun, "sql" | "expects">): readonly StepRun[] =>
    placed.map((one) => ({ shard: one.shard, hosts: [one.host], seenOn: [one.host], database: null, replicated: false, ...make(one) }));
  const step = (more: Pick<Draft, "phase" | "role" | "object" | "action" | "effect" | "why"> & Partial<Draft>): Draft => ({
    rank: RANK.swap,
    requires: [],
    undo: { kind: "nothing" },
    work: NO_WORK,
    from,
    recovery: [],
    ...more,
  });
  const drop = (name: string): Draft["undo"] => ({ kind: "statement", sql: `DROP TABLE ${quoted(name)} SYNC`, note: null });
  const exists = (table: string): Pick<StepRun, "expects"> => ({ expects: [{ kind: "table", table, engine: null }] });
  const gone = (table: string, what: string, why: string, more: Partial<Draft> = {}): Draft =>
    step({
      phase: "contract",
      role: "other",
      object: table,
      action: {
        kind: "statement",
        runs: perHost(() => ({
          sql: `DROP ${what} IF EXISTS ${quoted(table)}${table === other ? "" : " SYNC"}`,
          expects: [{ kind: "no-table", table }],
        })),
      },
      effect: "drops it",
      why,
      work: METADATA,
      ...more,
    });
  const old = { table: base, sortingKey: move.sortingKey, partitionKey: move.partitionKey };
  return [
    step({
      phase: "expand",
      role: "other",
      object: other,
      action: {
        kind: "statement",
        runs: perHost(({ table, text }) => ({ sql: createLike(text, other, engineOfNew(text, table, suffix), keys), ...exists(other) })),
      },
      effect: "makes the table with the new key",
      why: "its replicas have a path of their own in Keeper",
      undo: drop(other),
      work: METADATA,
    }),
    step({
      phase: "expand",
      role: "other",
      object: parts,
      action: {
        kind: "statement",
        runs: perHost(({ text }) => ({
          sql: createLike(text, parts, plainEngine(text), { sorting: null, partition: null }),
          ...exists(parts),
        })),
      },
      effect: "makes a table that takes the parts of one partition, by hard links",
      why: "what is copied stands still while rows arrive",
      undo: drop(parts),
      work: METADATA,
    }),
    step({
      phase: "expand",
      role: "other",
      object: into,
      action: {
        kind: "statement",
        runs: perHost(({ text }) => ({ sql: createLike(text, into, plainEngine(text), keys), ...exists(into) })),
      },
      effect: "makes a table that takes one partition in the new order",
      why: "what was copied is attached as a whole, or not at all",
      undo: drop(into),
      work: METADATA,
    }),
    step({
      phase: "expand",
      role: "view",
      object: mirror,
      action: { kind: "statement", runs: perHost(() => ({ sql: mirrorQuery(mirror, other, base, columns), ...exists(mirror) })) },
      requires: [{ kind: "table-on", hosts, table: other, because: "the view would make every insert fail" }],
      effect: `sends what is inserted into ${base} to ${other} as well`,
      why: "it goes by names: after the swap of its host it sends the other way, so both tables have every row throughout",
      undo: { kind: "statement", sql: `DROP VIEW ${quoted(mirror)} SYNC`, note: null },
      work: METADATA,
    }),
    step({
      phase: "expand",
      role: "check",
      object: base,
      action: { kind: "wait-for-queries", hosts, tables: [base], columns: [], only: "inserts" },
      effect: "waits for inserts that began before the view was there",
      why: "what arrives from here on arrives in both",
    }),
    step({
      phase: "expand",
      role: "local",
      object: base,
      action: { kind: "copy-rows", hosts, move },
      effect: `copies what ${other} has not, partition by partition${family.groups.some(({ hosts: all }) => all.length > 1) ? ", on one replica of each shard" : ""}`,
      why: "each partition is attached as a whole; one that was begun is begun again",
      work: rewriteOf(family.locals, 1),
    }),
    step({
      phase: "expand",
      role: "check",
      object: base,
      action: { kind: "compare-rows", hosts, move, after: "copied" },
      effect: `compares counts and checksums of both tables, per partition${move.compares === "final" ? " and with FINAL" : ""}, on every host`,
      why: "nothing swaps before both are the same",
    }),
    step({
      phase: "change",
      role: "other",
      object: base,
      action: {
        kind: "statement",
        together: "shard",
        runs: perHost(() => ({
          sql: `EXCHANGE TABLES ${quoted(base)} AND ${quoted(other)}`,
          expects: [
            { kind: "key", ...old, is: false },
            { kind: "key", ...old, table: other, is: true },
          ],
        })),
      },
      requires: [{ kind: "table-on", hosts, table: mirror, because: "without it rows would be missing in one of the two" }],
      effect: "the two tables change places",
      why: "a rename is not replicated: every host swaps by itself, the replicas of a shard back to back",
      undo: {
        kind: "statement",
        sql: `EXCHANGE TABLES ${quoted(base)} AND ${quoted(other)}`,
        note: "tread apply --undo does it on every host",
      },
      work: METADATA,
    }),
    step({
      phase: "change",
      role: "check",
      object: base,
      action: { kind: "compare-rows", hosts, move, after: "swapped" },
      effect: "waits for inserts that met the swap, and compares what changed since",
      why: "an insert that had found its table before the swap may have reached one of the two only: such rows are brought over",
    }),
    step({
      phase: "change",
      role: "check",
      object: base,
      action: { kind: "undo-window", hosts, move },
      effect: "both tables are kept alike until somebody ends it (--end-undo-window), or goes back (--undo)",
      why: "the old table has every row: going back loses nothing",
    }),
    gone(mirror, "VIEW", "the old table no longer follows"),
    gone(parts, "TABLE", "it is not needed any more"),
    gone(into, "TABLE", "it is not needed any more"),
    gone(other, "TABLE", "the undo window was ended by somebody", {
      role: "local",
      effect: "drops the old table with its rows",
      undo: { kind: "forward-only", why: "the old table is gone for good when the server has removed it (UNDROP TABLE: 480 s by default)" },
    }),
  ];
}

/** Of a path in Keeper: the same at every run, another one for another key. */
function shortOf({ sorting, partition }: NewKeys): string {
  let hash = 7;
  for (const letter of `${sorting ?? ""}|${partition ?? ""}`) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 2_147_483_647;
  return hash.toString(36);
}

/** The second table, the two of the copy, and the view. */
export function keyTables(base: string): readonly [string, string, string, string] {
  return [`${base}_tread_key`, `${base}_tread_from`, `${base}_tread_into`, `${base}_tread_mirror`];
}
