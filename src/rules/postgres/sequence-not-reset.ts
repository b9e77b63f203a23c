import type { JudgedStatement } from "../../model/judged.ts";
import { ownedSequences } from "../../model/apply/store.ts";
import type { Relation } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const sequenceNotReset: Rule = {
  id: "sequence-not-reset",
  summary: "rows with keys of their own: the sequence does not know them and gives the same keys again",
  database: "postgres",
  // Once per table: a seed may hold thousands of INSERTs, and one setval after them is the whole remedy.
  checkMigration({ statements }, context) {
    const found = new Map<string, { readonly statement: JudgedStatement; readonly column: string }>();
    for (const statement of statements) {
      if (resets(statement)) found.clear();
      for (const { table, column } of givenKeys(statement)) if (!found.has(table)) found.set(table, { statement, column });
    }
    if (found.size === 0) return [];
    const last = statements.at(-1);
    const later = last === undefined ? [] : context.release.slice(context.release.lastIndexOf(last) + 1);
    if (later.some(resets)) return [];
    return [...found].map(([table, { statement, column }]) => hazard(statement, context, table, column));
  },
};

function givenKeys(statement: JudgedStatement): readonly { readonly table: string; readonly column: string }[] {
  return changesOf(statement, "write").flatMap((change) => {
    if (change.verb !== "insert" && change.verb !== "copy") return [];
    const { table, columns, leftToDefault = [] } = change;
    const relation = statement.before.relations.get(table);
    if (relation === undefined) return [];
    // COPY without a list gives every column a value.
    const all = change.verb === "copy" && columns.length === 0;
    const given = relation.columns.filter(
      ({ name, identity, default: value }) =>
        (identity !== null || value !== null) && (all || columns.includes(name)) && !leftToDefault.includes(name),
    );
    const column = given.find(({ name }) => columnsWithSequence(statement, relation).has(name));
    return column === undefined ? [] : [{ table, column: column.name }];
  });
}

function hazard(statement: JudgedStatement, context: RuleContext, table: string, column: string): Hazard {
  const isNew = !context.existedBefore(statement, table);
  const [t, c] = [sqlTable(table), sqlName(column)];
  return {
    severity: isNew ? "warning" : "info",
    statement: statement.statement.index,
    about: table,
    message: `rows of ${named(table)} bring their own ${named(column)}, and its sequence is not moved past them`,
    label: isNew ? "the next INSERT without a key takes one that is there" : "an INSERT without a key may take one that is there",
    why: `the sequence counts on its own${isNew ? " from 1" : ""}: an INSERT of the app that leaves ${named(column)} out is given a key that exists and fails with SQLSTATE 23505, once for every row that is in its way`,
    help: `after the rows: \`SELECT setval(pg_get_serial_sequence('${t}', '${column}'), (SELECT max(${c}) FROM ${t}));\`, or leave ${named(column)} out of the INSERT`,
    evidence: [],
  };
}

// Relations are immutable, and a dump has an INSERT per row.
const counted = new WeakMap<Relation, ReadonlySet<string>>();

/** Columns whose values a sequence gives. */
function columnsWithSequence(statement: JudgedStatement, relation: Relation): ReadonlySet<string> {
  let columns = counted.get(relation);
  if (columns === undefined) {
    const owned = new Set(ownedSequences(statement.before, relation.name).map(({ ownedBy }) => ownedBy?.column));
    const own = relation.columns.filter((column) => column.identity !== null || (column.default !== null && owned.has(column.name)));
    columns = new Set(own.map(({ name }) => name));
    counted.set(relation, columns);
  }
  return columns;
}

/** `setval()`, ALTER SEQUENCE … RESTART, ALTER COLUMN … RESTART, or something that could not be read. */
function resets({ statement }: JudgedStatement): boolean {
  if (statement.opaque !== null) return true;
  return statement.changes.some(
    (change) =>
      change.kind === "set-identity" ||
      change.kind === "alter-sequence" ||
      (change.kind === "read" && change.functions?.includes("setval") === true),
  );
}
