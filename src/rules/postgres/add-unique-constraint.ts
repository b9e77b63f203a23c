import type { Constraint } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { notNullInStages } from "../advice.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { GENERIC_WORK, presumedWork, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { named, namedList, newName, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

const SPELLED = { unique: "UNIQUE", "primary-key": "PRIMARY KEY", exclusion: "EXCLUDE" } as const;

export const addUniqueConstraint: Rule = {
  id: "add-unique-constraint",
  summary: "UNIQUE, PRIMARY KEY or EXCLUDE on an existing table builds its index under ACCESS EXCLUSIVE",
  database: "postgres",
  kinds: ["add-constraint", "add-column"],
  check(statement, context) {
    const added = [
      ...changesOf(statement, "add-constraint").map((change) => ({ ...change, change })),
      ...changesOf(statement, "add-column").flatMap((change) =>
        change.constraints.map((constraint) => ({ table: change.table, constraint, change, usingIndex: null })),
      ),
    ];
    return added.flatMap(({ table, constraint, change, usingIndex }) => {
      const { kind } = constraint;
      if (kind !== "unique" && kind !== "primary-key" && kind !== "exclusion") return [];
      const seen = workOn(statement, context, table, change);
      const presumed = seen.length === 0 && usingIndex === null ? presumedWork(statement, context, table, "index-build") : [];
      const work = [...seen, ...presumed].filter((item) => item.kind !== "rewrite");
      const [first] = work;
      if (first === undefined) return [];
      const tables = work.map((item) => item.table);
      const spelled = SPELLED[kind];
      return [
        {
          severity: worstSeverity(context, tables),
          about: `${table}.${constraint.name}`,
          message:
            usingIndex === null
              ? `${spelled} (${constraint.columns.join(", ")}) on ${named(table)} builds an index under ACCESS EXCLUSIVE`
              : `${spelled} on ${named(table)} reads every row to prove that ${namedList(constraint.columns)} ${constraint.columns.length === 1 ? "is" : "are"} not NULL`,
          label: usingIndex === null ? "reads and writes wait for the index" : "a primary key makes its columns NOT NULL",
          why: sentences(
            whoWaits(context, first),
            usingIndex === null &&
              kind !== "exclusion" &&
              "It fails, after all that time, on the first pair of duplicates (SQLSTATE 23505).",
          ),
          help: help(statement, context, table, constraint, usingIndex, spelled),
          evidence: workEvidence(statement, context, tables),
          supersedes: GENERIC_WORK,
        },
      ];
    });
  },
};

function help(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  constraint: Constraint,
  usingIndex: string | null,
  spelled: string,
): string {
  const t = sqlTable(table);
  if (usingIndex !== null) {
    return `make ${namedList(constraint.columns)} NOT NULL first, so that nothing is left to prove:\n${constraint.columns.map((column) => notNullInStages(context, table, column)).join("\n")}`;
  }
  if (constraint.kind === "exclusion") {
    return "EXCLUDE has no online form: create a new table with the constraint, fill it in batches while a trigger (or the app) writes both, and swap the names in one short transaction";
  }
  const name = sqlName(constraint.name === "" ? newName(bareName(table), ...constraint.columns, "key") : constraint.name);
  const index = sqlName(newName(bareName(table), ...constraint.columns, "idx"));
  const columns = constraint.columns.map(sqlName).join(", ");
  const sql = [
    `CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${t} (${columns});   -- outside of a transaction`,
    `ALTER TABLE ${t} ADD CONSTRAINT ${name} ${spelled} USING INDEX ${index};`,
  ].join("\n");
  const notNull = constraint.kind === "primary-key" ? `, with ${namedList(constraint.columns)} NOT NULL before the last of them` : "";
  return sayTo(statement, {
    sql: `build the index without blocking, then give it its name as a constraint${notNull}:\n${sql}`,
    django: `through \`migrations.RunSQL\` with the operation itself in \`state_operations\`, the first in a migration with \`atomic = False\`${notNull}:\n${sql}`,
  });
}
