import type { JudgedStatement } from "../../model/judged.ts";
import type { Constraint, Relation } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, namedList, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const dropPrimaryKey: Rule = ruleFor("drop-constraint", {
  id: "drop-primary-key",
  summary: "a table loses its primary key: lookups by it read the whole table, logical replication refuses its updates",
  check(change, statement, context) {
    const { table } = change;
    const key = keyNamed(context.table(statement, table), change.name);
    if (key === undefined || !context.existedBefore(statement, table) || context.effects(statement).error !== null) return null;
    const after = endOfRelease(statement, context).get(table);
    if (after === undefined || hasPrimaryKey(context.visibleAfter(statement).relations.get(table))) return null;
    const columns = key.columns;
    const lookup = after.indexes.some(
      (index) => index.valid && index.predicate === null && columns.every((column, at) => index.columns[at] === column),
    );
    const index = sqlName(`${change.name}_new`);
    const [t, keys] = [sqlTable(table), columns.map(sqlName).join(", ")];
    return {
      // With another index on the same columns, or a new key later in the release, what is lost is the replica identity.
      severity: lookup || hasPrimaryKey(after) ? "info" : "warning",
      about: table,
      message: `${named(table)} loses its primary key (${columns.join(", ")})`,
      label: "its index goes with it",
      why: sentences(
        !lookup && `Every query, join and foreign key check that finds rows by ${namedList(columns)} reads the whole table from here on.`,
        "Duplicates are no longer refused.",
        "Where the table is published, logical replication (a warehouse, a blue-green upgrade) refuses every UPDATE and DELETE on it from here on (SQLSTATE 55000), unless another replica identity is set first.",
      ),
      help: sayTo(statement, {
        sql: `to replace it, build the successor first and swap in one transaction:\nCREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${t} (${keys});   -- outside of a transaction\nBEGIN;\nALTER TABLE ${t} DROP CONSTRAINT ${sqlName(change.name)};\nALTER TABLE ${t} ADD CONSTRAINT ${sqlName(change.name)} PRIMARY KEY USING INDEX ${index};\nCOMMIT;\n-- to go without one: ALTER TABLE ${t} REPLICA IDENTITY USING INDEX …; before it`,
        django: `through \`migrations.RunSQL\`: the successor with CREATE UNIQUE INDEX CONCURRENTLY in a migration with \`atomic = False\`, then DROP CONSTRAINT and ADD CONSTRAINT … PRIMARY KEY USING INDEX in one transaction`,
      }),
      evidence: [...context.evidence(statement, [table]), context.sizeEvidence(table)],
    };
  },
});

function keyNamed(relation: Relation | null, name: string): Constraint | undefined {
  return relation?.constraints.find((constraint) => constraint.kind === "primary-key" && constraint.name === name);
}

function hasPrimaryKey(relation: Relation | undefined): boolean {
  return relation?.constraints.some((constraint) => constraint.kind === "primary-key") ?? false;
}

function endOfRelease(statement: JudgedStatement, context: RuleContext): ReadonlyMap<string, Relation> {
  return (context.release.at(-1) ?? statement).after.relations;
}
