import type { KeyMove, StepOrigin, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import { found, list, METADATA, NO_WORK, RANK, rewriteOf, type Draft, type PlanContext } from "./context.ts";
import { familyOf, type Family } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";
import { identityOf, keyExpressions } from "./key-identity.ts";
import { createLike, engineOfNew, mirrorQuery, plainEngine, tableText, type NewKeys } from "./key-table.ts";

export type KeyIntent = Intent & { readonly kind: "key" };

/** Their value must be the same when a row is written a second time. */
const NEW_EACH_TIME =
  /^(?:now|now64|today|yesterday|rand\w*|generate(?:UUID|ULID|Snowflake)\w*|queryID|initialQueryID|currentUser|rowNumber\w*)$/i;

/**
 * A table anew under another key, while rows arrive: a second table on every host, a view that sends every insert to both, a copy of what
 * was there before, a comparison, EXCHANGE on every host, an undo window. The view goes by names, so after the swap of its host it sends
 * what the new table takes to the old one, and replication does not start it: hosts that have swapped and hosts that have not bring every
 * row into both tables (measured on 26.7).
 */
export function makeAnew(context: PlanContext, intent: KeyIntent): readonly Draft[] {
  const { from } = intent;
  const refuse = (message: string, help: string): readonly Draft[] => {
    found(context, { rule: "cannot-plan", severity: "error", message, help }, from);
    return [];
  };
  if (context.intents.some((one) => one !== intent))
    return refuse(
      `${from.migration}: the key of ${intent.table} is changed together with other changes`,
      "a copy of a table takes hours, and the rest would wait for it: give it a migration of its own",
    );
  const resolved = familyOf(intent.table, context.inventory, context.state, intent.cluster);
  if ("refused" in resolved) {
    found(context, { rule: resolved.rule, severity: "error", message: resolved.refused, help: resolved.help }, from);
    return [];
  }
  const { family } = resolved;
  const [first] = family.locals;
  const model = context.state.tables.get(family.base);
  const text = first === undefined ? null : tableText(first.table);
  if (first === undefined || model === undefined || text === null)
    return refuse(`the definition of ${family.base} could not be read`, "only a table of the MergeTree family has a sorting key");
  const keys: NewKeys = { sorting: intent.sorting, partition: intent.partition };
  const trouble = inTheWay(context, family, model, keys);
  if (trouble !== null) return refuse(trouble.message, trouble.help);
  if (isSo(first.table, keys)) {
    found(context, { rule: "already-so", severity: "info", message: `${family.base} has that key already`, help: "nothing is run" }, from);
    return [];
  }
  const identity = identityOf(model, keys.sorting);
  if (identity.kind === "refused") return refuse(identity.says, identity.help);
  if (identity.kind === "final")
    found(context, { rule: "identity-changes", severity: "info", message: identity.says, help: "nothing to do" }, from);
  return drafts(context, family, first.table, keys, from, identity.kind);
}

/** What forbids it, before anything is made. */
function inTheWay(
  { inventory, state }: PlanContext,
  family: Family,
  model: ClickHouseTable,
  keys: NewKeys,
): { readonly message: string; readonly help: string } | null {
  const { base, locals } = family;
  if (inventory.unread.length > 0)
    return {
      message: `${list(inventory.unread)} did not answer, and every host that holds ${base} has to swap`,
      help: "bring them back first",
    };
  const databases = locals.filter(({ host, table }) => inventory.databaseEngine(host, table.database) !== "Atomic");
  if (databases.length > 0)
    return {
      message: `${base} is in a database of the engine ${inventory.databaseEngine(databases[0]?.host ?? "", base.slice(0, base.indexOf("."))) ?? ""} on ${list(databases.map(({ host }) => host))}, and EXCHANGE of one host alone needs Atomic`,
      help: "in a Replicated database the swap goes to all hosts at once: exchange by hand, with writers stopped",
    };
  const shapes = new Map(locals.map(({ host, table }) => [host, shapeOf(table)]));
  if (new Set(shapes.values()).size > 1)
    return {
      message: `${base} has not the same columns and keys on all hosts (${list(shapes.keys())})`,
      help: "make them alike first: tread cluster drift",
    };
  const leftOver = names(base).filter((name) => inventory.placed(name).length > 0);
  if (leftOver.length > 0)
    return {
      message: `${list(leftOver)} is there already`,
      help: "it is left from an earlier change: finish that one, or look at it and drop it",
    };
  const fresh = model.columns.filter(
    (column) =>
      column.default?.kind === "MATERIALIZED" && column.default.expression?.functions.some((name) => NEW_EACH_TIME.test(name)) === true,
  );
  if (fresh.length > 0)
    return {
      message: `${list(fresh.map(({ name }) => name))} of ${base} is MATERIALIZED with a value that is new each time, and cannot be copied`,
      help: "make it a DEFAULT first (MODIFY COLUMN … DEFAULT …): what is stored stays",
    };
  const unsubscribed = [...state.tables.values()].find(
    ({ unsubscribed: lost, select }) => lost === true && select?.reads.some(({ table }) => table === base),
  );
  if (unsubscribed !== undefined)
    return { message: `${unsubscribed.name} no longer gets what is inserted into ${base}`, help: "detach and attach it first" };
  const known = new Set(model.columns.map(({ name }) => name));
  const wanted = keys.sorting === null ? [] : keyExpressions(keys.sorting);
  if (keys.sorting !== null && wanted.length === 0 && !/^tuple\(\s*\)$|^\(\s*\)$/.test(keys.sorting.trim()))
    return { message: `ORDER BY ${keys.sorting} could not be read`, help: "write it as in CREATE TABLE: (team_id, toDate(at))" };
  const lacking = wanted.filter((one) => /^[A-Za-z_]\w*$/.test(one) && !known.has(one));
  if (lacking.length > 0)
    return { message: `${base} has no column ${list(lacking)}`, help: "check the names; a new column is added by a migration before" };
  const sample = model.sampleBy?.sql ?? null;
  if (keys.sorting !== null && sample !== null && !wanted.includes(sample))
    return { message: `${base} is sampled by ${sample}, which has to be part of its key`, help: `take ${sample} into the new key` };
  const deletes = model.ttl.filter(({ action }) => action === "delete" || action === "group-by");
  if (deletes.length > 0)
    return {
      message: `rows of ${base} end by a TTL (${deletes.map(({ text }) => text).join(", ")}), at another moment in either table: they cannot be compared`,
      help: "take the TTL off while the key is changed (ALTER TABLE … REMOVE TTL touches no part), and put it back on afterwards",
    };
  return null;
}

function shapeOf(table: CatalogueTable): string {
  return JSON.stringify([
    table.columns.map(({ name, type, defaultKind, defaultExpression }) => [name, type, defaultKind, defaultExpression]),
    table.sortingKey,
    table.partitionKey,
  ]);
}

function isSo(table: CatalogueTable, { sorting, partition }: NewKeys): boolean {
  const same = (a: string, b: string): boolean => keyExpressions(a).join(", ") === keyExpressions(b).join(", ");
  return (sorting === null || same(sorting, table.sortingKey)) && (partition === null || same(partition, table.partitionKey));
}

function names(base: string): readonly [string, string, string, string] {
  return [`${base}_tread_key`, `${base}_tread_from`, `${base}_tread_into`, `${base}_tread_mirror`];
}

function drafts(
  context: PlanContext,
  family: Family,
  sample: CatalogueTable,
  keys: NewKeys,
  from: StepOrigin,
  compares: KeyMove["compares"],
): readonly Draft[] {
  const { inventory } = context;
  const { base } = family;
  const [other, parts, into, mirror] = names(base);
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
