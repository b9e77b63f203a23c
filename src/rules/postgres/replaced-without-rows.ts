import type { JudgedStatement } from "../../model/judged.ts";
import { bareName, type SchemaState } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named, sentences, sqlName, sqlTable } from "../words.ts";

/**
 * A name that versions use goes from one table or column to another one. Every query stays valid, so nothing but the rows tells: asked is
 * whether the release has brought them along.
 */
export const replacedWithoutRows: Rule = {
  id: "replaced-without-rows",
  summary: "another table or column takes a name in use, without the rows or values that were there",
  database: "postgres",
  kinds: ["rename-relation", "create-relation", "rename-column", "add-column"],
  check(statement, context) {
    const start = context.release[0]?.before;
    if (start === undefined) return [];
    return [...tablesTaken(statement, context, start), ...columnsTaken(statement, context, start)];
  },
};

function tablesTaken(statement: JudgedStatement, context: RuleContext, start: SchemaState): Hazard[] {
  const taken = [
    ...changesOf(statement, "rename-relation").map(({ name, to }) => ({ name: moved(name, to), was: name })),
    ...changesOf(statement, "create-relation").map(({ relation }) => ({ name: relation.name, was: relation.name })),
  ];
  return taken.flatMap(({ name, was }): Hazard[] => {
    const after = statement.after.relations.get(name);
    if (!holdsRows(after?.kind) || !holdsRows(start.relations.get(name)?.kind) || statement.before.relations.has(name)) return [];
    // Made and filled by an earlier release: that is how it is done, and what lies in it no migration tells.
    if (was !== name && start.relations.has(was)) return [];
    const old = whereIsNow(statement, context, name);
    const end = (context.release.at(-1) ?? statement).after;
    if (old !== null && end.relations.get(old)?.partitionOf === name) return [];
    const copies = copying(statement, context, { was, name, old });
    if (copies.some((one) => one === statement || context.earlierInTransaction(statement).includes(one) || one.statement.opaque !== null))
      return [];
    if (copies.some((one) => context.laterInTransaction(statement).includes(one))) return [];
    const keeps =
      old === null ? undefined : end.relations.get(old)?.triggers.find(({ events }) => events.some((event) => /insert/i.test(event)));
    if (copies.length > 0 && keeps !== undefined) return [];
    const versions = context.versionsNaming(bareName(name));
    return [
      {
        severity: severityFor(context, versions),
        about: name,
        message:
          copies.length === 0
            ? `another table takes the name ${named(name)}, and its rows do not come along`
            : `another table takes the name ${named(name)}, without what was written since its rows were copied`,
        label: "a different table from here on",
        why: sentences(
          old === null ? "The rows are gone with the table that had the name." : `The rows stay behind in ${named(old)}.`,
          `No query fails, and nothing tells it: ${whoSees(versions, context)} ${copies.length === 0 ? "an empty table" : "a table that lacks rows"}.`,
          "Foreign keys, sequences, privileges and triggers of the old table are not those of the new one either.",
        ),
        help:
          old === null
            ? "change the table that is there; or keep it under another name until its rows are copied and compared"
            : `keep both in step before the swap: a trigger on ${sqlTable(old === name ? name : old)} that writes into the new table, the old rows copied in batches, then the two renames in one transaction`,
        evidence: [context.sizeEvidence(name), ...context.evidence(statement, [name])],
        liveVersions: versions,
      },
    ];
  });
}

function columnsTaken(statement: JudgedStatement, context: RuleContext, start: SchemaState): Hazard[] {
  const taken = [
    ...changesOf(statement, "rename-column").map(({ table, column, to }) => ({ table, column: to, was: column })),
    ...changesOf(statement, "add-column").map(({ table, column }) => ({ table, column: column.name, was: column.name })),
  ];
  return taken.flatMap(({ table, column, was }): Hazard[] => {
    const had = (state: SchemaState, name: string): boolean =>
      state.relations.get(table)?.columns.some((each) => each.name === name) === true;
    if (!had(start, column) || had(statement.before, column)) return [];
    if (was !== column && had(start, was)) return [];
    const now = statement.after.relations.get(table)?.columns.find(({ name }) => name === column);
    if (now === undefined || now.generated !== null) return [];
    if (isFilled(statement, context, { table, column, was })) return [];
    const there = new Set(context.versionsNaming(bareName(table)));
    const versions = context.versionsNaming(column).filter((version) => there.has(version));
    return [
      {
        severity: severityFor(context, versions),
        about: `${table}.${column}`,
        message: `another column takes the name ${named(column)} of ${named(table)}, and the values do not come along`,
        label: "a different column from here on",
        why: `no query fails, and nothing tells it: ${whoSees(versions, context)} ${now.default === null ? "NULL" : "the default"} in every row that had a value`,
        help: `keep both in step before the swap: the new column under another name, a trigger that writes it, the old rows filled in batches, then the two renames in one transaction. \`tread plan change-type ${bareName(table)}.${column} …\` writes the steps; a column that only changes its type needs no second one where nothing is rewritten: \`ALTER TABLE ${sqlTable(table)} ALTER COLUMN ${sqlName(column)} TYPE …\``,
        evidence: [context.sizeEvidence(table)],
        liveVersions: versions,
      },
    ];
  });
}

/** A rename says the new name without its schema. */
const moved = (name: string, to: string): string => `${name.slice(0, name.length - bareName(name).length)}${bareName(to)}`;

const holdsRows = (kind: string | undefined): boolean => kind === "table" || kind === "partitioned-table";

/** An error unless the versions that serve are known and none of them names it. */
const severityFor = (context: RuleContext, versions: readonly string[]): "error" | "warning" =>
  versions.length > 0 || context.liveVersions.length === 0 ? "error" : "warning";

function whoSees(versions: readonly string[], context: RuleContext): string {
  if (versions.length === 0) return context.liveVersions.length === 0 ? "whoever reads it finds" : "who reads it, should anybody, finds";
  return `${list(versions)} ${versions.length === 1 ? "finds" : "find"}`;
}

/** What the table is called that had the name at the start; null where it is gone. */
function whereIsNow(statement: JudgedStatement, context: RuleContext, name: string): string | null {
  const until = context.release.indexOf(statement);
  let now: string | null = name;
  for (const earlier of until === -1 ? [] : context.release.slice(0, until)) {
    for (const change of earlier.statement.changes) {
      if (change.kind === "rename-relation" && change.name === now) now = moved(now, change.to);
      else if (change.kind === "drop-relation" && change.name === now) now = null;
    }
  }
  return now === name ? null : now;
}

/** Statements of the release that bring rows into the new table out of the old one, or that could not be read. */
function copying(
  statement: JudgedStatement,
  context: RuleContext,
  table: { readonly was: string; readonly name: string; readonly old: string | null },
): readonly JudgedStatement[] {
  const at = context.release.indexOf(statement);
  return context.release.filter((one, i) => {
    if (one.statement.opaque !== null) return true;
    // Before, the name was the old table's.
    const [into, from] = i < at ? [table.was, [table.name, table.old]] : [table.name, [table.old]];
    return (
      changesOf(one, "write").some((write) => write.table === into && write.reads.some((read) => from.includes(read))) ||
      context.accesses(one).some((access) => access.table === into && access.verb === "insert")
    );
  });
}

/** Whether a statement of the release gives the new column values, or could not be read. */
function isFilled(
  statement: JudgedStatement,
  context: RuleContext,
  { table, column, was }: Record<"table" | "column" | "was", string>,
): boolean {
  const at = context.release.indexOf(statement);
  return context.release.some((one, i) => {
    if (one.statement.opaque !== null) return true;
    if (i < at && was === column) return false;
    const written = i < at ? was : column;
    return [...changesOf(one, "write"), ...context.accesses(one)].some(
      (write) => write.table === table && write.verb !== "insert" && write.columns.includes(written),
    );
  });
}
