import { formatType } from "../../engines/postgres/changes/types.ts";
import type { Batchable } from "../../engines/postgres/batch/index.ts";
import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { VersionWrite } from "../../model/query.ts";
import type { Column, Relation, SchemaState, Trigger } from "../../model/schema.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { type BackfillDirective, backfillOf, BadDirective } from "./directive.ts";

/** A backfill that was proved to be safe to run in batches. */
export interface Backfill {
  readonly batch: Batchable;
  readonly directive: BackfillDirective;
  /** Qualified. */
  readonly table: string;
  /** Columns of the key, and the index that orders it. */
  readonly key: readonly string[];
  readonly index: string;
  /** Why rows that are written from now on are right without it. */
  readonly newWrites: string;
  /** True for the rows that are still to be done, over the alias of the table; null where nothing tells. */
  readonly verify: string | null;
}

/** What is known of the versions that serve. */
export interface BackfillFacts {
  /** Null: nothing is on record as live. */
  readonly writes: ((table: string) => readonly VersionWrite[]) | null;
}

/** @throws BadDirective with what is missing: nothing has run yet */
export function prepareBackfill(engine: PostgresEngine, judged: JudgedStatement, facts: BackfillFacts): Backfill {
  const directive = backfillOf(judged);
  const { statement, before } = judged;
  const where = `${statement.span.file}:${statement.span.line}`;
  const refuse = (reason: string, help: string): never => {
    throw new BadDirective(`${where}: this statement cannot be run as a backfill: ${reason}`, help);
  };
  if (directive === null) throw new BadDirective(`${where}: no backfill`, "");
  if (statement.transaction !== null)
    refuse(
      "its migration runs in one transaction, and every batch needs one of its own",
      "put it into a migration of its own that runs without a transaction (goose: NO TRANSACTION, dbmate: transaction:false, Flyway: executeInTransaction=false; plain files: no BEGIN)",
    );
  const batch = engine.batch(statement.sql, before);
  if (batch.kind === "refused")
    return refuse(batch.reason, "write it so that each row's result depends on that row alone, or split it by hand");
  const table = qualified(batch, judged);
  const relation = before.relations.get(table);
  if (relation === undefined) return refuse(`${table} is not known`, "the table must exist before the backfill");
  const named = directive.table?.replaceAll('"', "") ?? table;
  if (named !== table && named !== table.slice(table.indexOf(".") + 1))
    refuse(`it walks ${table}, and the directive says table=${directive.table}`, `write table=${table}, or leave it out`);
  refuseOtherRows(batch, relation, judged, refuse);
  const { columns, index } = keyOf(relation, directive.key, refuse);
  const changed = batch.columns.filter((column) => columns.includes(column));
  if (changed.length > 0)
    refuse(
      `it changes ${changed.join(", ")}, by which it is walked: rows would be met twice, or never`,
      "walk by another unique key: key=…",
    );
  const { verify } = directive;
  if (verify !== null) {
    const asked = engine.batch(`DELETE FROM ${quoteIdentifier(batch.table.name)} WHERE (${verify}\n)`, before);
    if (asked.kind === "refused" && /parse|range belongs|answers differently/.test(asked.reason))
      refuse(
        `verify='${verify}' is no condition that tells the same each time`,
        "write one condition over the columns of the table: verify='nickname IS NULL'",
      );
  }
  const { conflictBy } = batch;
  if (conflictBy !== undefined && (conflictBy === null || !columns.every((column) => conflictBy.includes(column))))
    refuse(
      `ON CONFLICT … DO UPDATE may meet one row from two batches: its columns are not those of the key (${columns.join(", ")}). At once Postgres refuses that (21000); in batches the last would win without a word`,
      "make the key a part of the conflict's columns, or use DO NOTHING",
    );
  if (!batch.idempotent) refuseMovingKey(batch, relation, columns, table, facts, refuse);
  return {
    batch,
    directive,
    table,
    key: columns,
    index,
    newWrites: directive.newWrites ?? newWritesOf(batch, relation, table, facts, before.functions, refuse),
    verify: directive.verify ?? defaultVerify(batch, relation),
  };
}

/** What the statement does to, or sees of, rows that are in no batch, or in another one. */
function refuseOtherRows(batch: Batchable, relation: Relation, { before }: JudgedStatement, refuse: Refuse): void {
  const { name } = relation;
  if (relation.kind !== "table" && relation.kind !== "partitioned-table")
    refuse(`${name} is a ${relation.kind.replaceAll("-", " ")}: only the rows of a table are walked`, "write it for the table itself");
  if ((relation.rules ?? []).length > 0)
    refuse(
      `${name} has rules (${(relation.rules ?? []).join(", ")}): they make another statement of it`,
      "use a trigger instead of a rule",
    );
  if (batch.only && relation.kind === "partitioned-table")
    refuse(`ONLY a partitioned table has no rows of its own`, "leave out ONLY, or walk the partitions one by one");
  const heir = [...before.relations.values()].find((one) => one.inherits.includes(name) && one.partitionOf === null);
  if (heir !== undefined && !batch.only)
    refuse(`${heir.name} inherits from ${name}, and no index of ${name} holds its rows`, `write ONLY, and walk ${heir.name} by itself`);
  const bare = name.slice(name.indexOf(".") + 1);
  const event = batch.verb;
  const trigger = relation.triggers.find((one) => {
    if (batch.verb === "insert" || !one.events.some((each) => each.toLowerCase().startsWith(event))) return false;
    const names = before.functions.get(one.function ?? "")?.names ?? new Set<string>();
    return [...names].some((each) => each === bare || each.endsWith(`.${bare}`));
  });
  if (trigger !== undefined)
    refuse(
      `its trigger ${trigger.name} reads or writes ${name} itself: what a row becomes depends on rows of other batches`,
      "split it by hand",
    );
}

type Refuse = (reason: string, help: string) => never;

function qualified({ table }: Batchable, { statement, before }: JudgedStatement): string {
  if (table.schema !== null) return `${table.schema}.${table.name}`;
  for (const change of statement.changes)
    if (change.kind === "write") for (const name of [change.table, ...change.reads]) if (name.endsWith(`.${table.name}`)) return name;
  for (const schema of before.session.searchPath) if (before.relations.has(`${schema}.${table.name}`)) return `${schema}.${table.name}`;
  return `public.${table.name}`;
}

/** Unique, NOT NULL, valid, not deferrable, not partial: else a row may be met twice, or never (a nullable key never reaches its NULLs). */
function keyOf(
  relation: Relation,
  asked: readonly string[],
  refuse: Refuse,
): { readonly columns: readonly string[]; readonly index: string } {
  const primary = relation.constraints.find(({ kind }) => kind === "primary-key");
  const columns = asked.length > 0 ? asked : (primary?.columns ?? []);
  if (columns.length === 0) refuse(`${relation.name} has no primary key`, "name a unique key whose columns are NOT NULL: key=…");
  for (const column of columns) {
    const found = relation.columns.find(({ name }) => name === column);
    if (found === undefined) return refuse(`${relation.name} has no column ${column}`, "correct key=…");
    const inPrimary = primary?.columns.includes(column) === true;
    if (!found.notNull && !inPrimary)
      refuse(`${column} may be NULL: rows without it would never be reached`, "walk by a key whose columns are NOT NULL");
  }
  const same = (list: readonly (string | null)[]): boolean =>
    list.length >= columns.length && columns.every((column, at) => list[at] === column);
  const unique = relation.indexes.find(
    (index) => index.unique && index.valid && index.predicate === null && index.columns.length === columns.length && same(index.columns),
  );
  const constraint = relation.constraints.find(
    (one) => (one.kind === "primary-key" || one.kind === "unique") && one.columns.length === columns.length && same(one.columns),
  );
  if (constraint?.deferrable === true)
    refuse(`the constraint ${constraint.name} is DEFERRABLE: inside a transaction a key may stand twice`, "walk by a key that is not");
  const index =
    unique?.name ?? (constraint === undefined ? undefined : `${relation.name.slice(0, relation.name.indexOf("."))}.${constraint.name}`);
  if (index === undefined)
    return refuse(
      `no valid unique index, not partial, is on exactly (${columns.join(", ")}) of ${relation.name}`,
      "walk by the primary key, or build one first",
    );
  return { columns, index };
}

function refuseMovingKey(
  { columns: assigned, verb }: Batchable,
  relation: Relation,
  key: readonly string[],
  table: string,
  { writes }: BackfillFacts,
  refuse: Refuse,
): void {
  const always = key.some((column) => relation.columns.find(({ name }) => name === column)?.identity === "always");
  if (always) return;
  const what =
    verb === "insert" ? "an INSERT without ON CONFLICT" : `it writes ${assigned.join(", ")} from its own value, or anew each time`;
  if (writes === null)
    refuse(
      `${what}, so each row must be met exactly once, and nothing on record tells whether a version that serves changes ${key.join(", ")}`,
      "say which versions serve (`live:` in tread.config.yaml), or write it so that doing it twice does no harm (a condition that is false for a row that is done)",
    );
  const changing = (writes ?? (() => []))(table).find(
    (write) => write.verb === "update" && write.columns.some((column) => key.includes(column)),
  );
  if (changing !== undefined)
    refuse(
      `${what}, and ${changing.version} changes ${key.join(", ")} (${changing.query.origin}): such a row may be met twice, or never`,
      "walk by a key that nobody changes",
    );
}

/** @returns why, in words */
function newWritesOf(
  batch: Batchable,
  relation: Relation,
  table: string,
  { writes }: BackfillFacts,
  functions: SchemaState["functions"],
  refuse: Refuse,
): string {
  const { verb, columns } = batch;
  const on = (event: string): readonly Trigger[] =>
    relation.triggers.filter(
      (one) => one.row === true && one.timing !== "instead" && one.events.some((each) => each.toLowerCase().startsWith(event)),
    );
  if (verb !== "update") {
    const trigger = on("insert")[0];
    if (trigger !== undefined) return `the trigger ${trigger.name} sees to new rows`;
    return refuse(
      `nothing shows that rows written from now on need no ${verb === "delete" ? "deleting" : "copying"}: there is no trigger on ${table}`,
      "make them right first; or, where they are, say why: new-writes='the app has not written such rows since v1.43'",
    );
  }
  /** Only a BEFORE trigger whose function gives the column a value fills it: one that logs does not. */
  const fills = (event: string, column: string): Trigger | undefined =>
    on(event).find((one) => one.timing === "before" && functions.get(one.function ?? "")?.assigns?.has(column) === true);
  const reasons: string[] = [];
  for (const column of columns) {
    const trigger = fills("insert", column);
    const leaving = (writes?.(table) ?? []).find(
      (write) =>
        write.verb === "update" &&
        write.serves === "now" &&
        !write.columns.includes(column) &&
        write.columns.some((one) => batch.reads.includes(one)),
    );
    if (leaving !== undefined && fills("update", column) === undefined)
      refuse(
        `${leaving.version} changes ${leaving.columns.filter((one) => batch.reads.includes(one)).join(", ")}, of which ${column} is made, and leaves ${column} as it is (${leaving.query.origin})`,
        `first a trigger BEFORE INSERT OR UPDATE that fills ${column}, or deploy a version that writes both; where it is right for another reason, say it: new-writes='…'`,
      );
    const found = relation.columns.find(({ name }) => name === column);
    const inserts = (writes?.(table) ?? []).filter((write) => write.verb === "insert" && write.serves === "now");
    if (isRightByDefault(batch, found)) reasons.push(`${column} has a default`);
    else if (trigger !== undefined) reasons.push(`the trigger ${trigger.name} fills ${column}`);
    else if (inserts.length > 0 && inserts.every((write) => write.columns.includes(column)))
      reasons.push(`every live version writes ${column}`);
    else {
      const without = inserts.find((write) => !write.columns.includes(column));
      refuse(
        `rows that are written while it runs are not right: ${column} has no default${found?.default == null || found.default.isNull ? "" : " that would make it so"}, no trigger fills it, and ${without === undefined ? "no version is on record that writes it" : `${without.version} does not write it (${without.query.origin})`}`,
        `first a default or a trigger for ${column}, or deploy a version that writes it; where it is right for another reason, say it: new-writes='…'`,
      );
    }
  }
  return reasons.join("; ");
}

/** The default is what the backfill would write, or a value that its condition does not ask for (`WHERE kind IS NULL`). */
function isRightByDefault({ assigned, whereNull }: Batchable, column: Column | undefined): boolean {
  const value = column?.default;
  if (column === undefined || value === undefined || value === null || value.isNull) return false;
  const bare = (text: string): string => text.replace(/::[\w ."]+$/, "").trim();
  return whereNull.includes(column.name) || bare(assigned?.find((one) => one.column === column.name)?.value ?? "\0") === bare(value.sql);
}

/** `new IS DISTINCT FROM expr`, as the column would hold it (numeric(8,2) rounds), over the rows that the statement is about. Line breaks end the comments of what the user wrote. */
function defaultVerify({ verb, alias, assigned, idempotent, slices }: Batchable, { columns }: Relation): string | null {
  if (verb === "delete") return slices.where ?? "true";
  if (verb === "insert" || assigned === null || !idempotent) return null;
  const of = quoteIdentifier(alias);
  const held = (column: string, value: string): string => {
    const type = columns.find(({ name }) => name === column)?.type;
    return type === undefined ? `(${value}\n)` : `CAST((${value}\n) AS ${formatType(type)})`;
  };
  const todo = assigned.map(({ column, value }) => `${of}.${quoteIdentifier(column)} IS DISTINCT FROM ${held(column, value)}`).join(" OR ");
  return slices.where === null ? todo : `(${slices.where}\n) AND (${todo})`;
}
