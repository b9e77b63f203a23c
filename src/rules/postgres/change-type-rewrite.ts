import type { JudgedStatement } from "../../model/judged.ts";
import type { UserType } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import { batchedUpdate, keyOf } from "../advice.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { isConstrained } from "../domains.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { named, newName, sayTo, sentences, sqlName, sqlTable, typeName } from "../words.ts";

export const changeTypeRewrite: Rule = ruleFor("change-type", {
  id: "change-type-rewrite",
  summary: "a type change that rewrites the table or rebuilds its indexes",
  check(change, statement, context) {
    const { table, column } = change;
    const work = workOn(statement, context, table, change);
    const [first] = work;
    if (first === undefined) return null;
    const old = context.column(statement, table, column)?.type;
    const to = typeName(change.type);
    const collated = change.collation !== null && old !== undefined && typeName(old) === to;
    const type = statement.before.types.get(change.type.name);
    const domain = type?.kind === "domain" && isConstrained(statement.before.types, change.type.name) ? type : null;
    const rewrites = work.some((item) => item.kind === "rewrite");
    const [t, next] = [sqlTable(table), sqlName(`${column}_new`)];
    const tables = work.map((item) => item.table);
    const steps = [
      `ALTER TABLE ${t} ADD COLUMN ${next} ${to};`,
      `-- a trigger (or the app) writes both columns; then the old rows, in batches:`,
      batchedUpdate(table, `${next} = ${sqlName(column)}`, `${next} IS DISTINCT FROM ${sqlName(column)}`, keyOf(statement, context, table)),
      `-- then, in one short transaction:`,
      `BEGIN;`,
      `ALTER TABLE ${t} RENAME COLUMN ${sqlName(column)} TO ${sqlName(`${column}_old`)};`,
      `ALTER TABLE ${t} RENAME COLUMN ${next} TO ${sqlName(column)};`,
      `COMMIT;`,
    ].join("\n");
    return {
      severity: worstSeverity(context, tables),
      about: `${table}.${column}`,
      message: `changing ${collated ? "the collation of " : ""}${named(column)} of ${named(table)} ${old === undefined || collated ? "" : `from ${typeName(old)} `}to ${collated ? (change.collation ?? "") : to} ${rewrites ? "rewrites the table" : first.kind === "index-build" ? "rebuilds its indexes" : "reads every row"}`,
      label: rewrites ? "every row is written again" : "every row is read again",
      why: sentences(
        whoWaits(context, first),
        change.using !== null
          ? "With USING Postgres cannot know that the stored value stays the same, so it writes every row."
          : rewrites
            ? domain !== null
              ? "The new type is a domain with a constraint: Postgres writes every row to check it (a domain without one, over the same type, touches none)."
              : old === undefined
                ? "What the column's type is now is not known, so that the stored values must be presumed to change."
                : "The two types are stored differently, or the new one is narrower; changes that only widen (varchar to a longer one or to text, numeric to more digits) touch no row."
            : collated
              ? "The rows stay as they are, but an index on the column is in the order of the old collation and must be built again."
              : "The rows stay as they are, but what depends on the column must be built or checked again.",
      ),
      help:
        domain !== null
          ? instead(statement, table, column, domain)
          : sayTo(statement, {
              sql: `a second column of the new type, kept in step, and a swap when it is complete:\n${steps}`,
              django: `a second field of the new type (\`null=True\`), written by the next release beside the old one, filled in batches; a later release reads it, and a still later one drops the old column. In SQL:\n${steps}`,
            }),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});

/** A second column of the domain would be a rewrite as well: the constraint is what is wanted, and that a table can have by itself. */
function instead(statement: JudgedStatement, table: string, column: string, domain: UserType & { readonly kind: "domain" }): string {
  const t = sqlTable(table);
  const checks = domain.checks.map(({ expression }) => `(${expression.replaceAll(/\bVALUE\b/gi, sqlName(column))})`);
  if (domain.notNull) checks.push(`${sqlName(column)} IS NOT NULL`);
  const name = sqlName(newName(bareName(table), column, bareName(domain.name)));
  const sql = [
    `ALTER TABLE ${t} ADD CONSTRAINT ${name} CHECK (${checks.length === 0 ? "…" : checks.join(" AND ")}) NOT VALID;`,
    `-- in a transaction of its own`,
    `ALTER TABLE ${t} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
  return sayTo(statement, {
    sql: `keep ${typeName(domain.base)} and give the table what the domain checks; the second statement lets reads and writes through:\n${sql}`,
    django: `keep ${typeName(domain.base)} and give the table what the domain checks, through \`migrations.RunSQL\` in two migrations:\n${sql}`,
  });
}
