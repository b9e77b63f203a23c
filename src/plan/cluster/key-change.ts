import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import { found, list, type Draft, type PlanContext } from "./context.ts";
import { familyOf, type Family } from "./family.ts";
import type { Intent } from "./intents.ts";
import { identityOf, keyExpressions } from "./key-identity.ts";
import { keySteps, keyTables } from "./key-steps.ts";
import { tableText, type NewKeys } from "./key-table.ts";

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
  return keySteps(context, family, first.table, keys, from, identity.kind);
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
  const leftOver = keyTables(base).filter((name) => inventory.placed(name).length > 0);
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
