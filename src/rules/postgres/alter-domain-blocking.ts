import type { ChangeOf, Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, worstSeverity } from "../work.ts";
import { counted, named, namedList, sentences, sqlName, sqlTable } from "../words.ts";

export const alterDomainBlocking: Rule = ruleFor("alter-domain", {
  id: "alter-domain-blocking",
  summary: "a constraint on a domain reads every table that uses it while writes to all of them wait",
  check(change, statement, context) {
    const work = context.blockingWork(statement);
    const [first] = work;
    if (first === undefined) return null;
    const tables = work.map((item) => item.table);
    const worst = tables.find((table) => context.workSeverity(table) === "error") ?? first.table;
    return {
      severity: worstSeverity(context, tables),
      about: change.domain,
      message: `${spell(change)} on domain ${named(change.domain)} reads every row of ${namedList(tables.slice(0, 4))}${tables.length > 4 ? ` and ${tables.length - 4} more` : ""} while writes there wait`,
      label: `${counted(tables.length, "table")} with a column of this domain`,
      why: sentences(
        whoWaits(context, work.find((item) => item.table === worst) ?? first),
        tables.length > 1 && `All ${tables.length} tables stay locked until the last of them has been read.`,
        "A value that fails it aborts the statement, after all that time (SQLSTATE 23514, or 23502 for NOT NULL).",
        change.action === "validate-constraint" &&
          "Unlike VALIDATE CONSTRAINT on a table, the one on a domain takes SHARE and blocks writes.",
      ),
      help: help(change, tables),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});

function spell(change: ChangeOf<"alter-domain">): string {
  switch (change.action) {
    case "set-not-null":
      return "SET NOT NULL";
    case "validate-constraint":
      return "VALIDATE CONSTRAINT";
    default:
      return "a constraint";
  }
}

function help(change: ChangeOf<"alter-domain">, tables: readonly string[]): string {
  const table = sqlTable(tables[0] ?? "");
  const condition = change.action === "set-not-null" ? "… IS NOT NULL" : (change.expression ?? "…").replaceAll(/\bVALUE\b/gi, "…");
  const onTables = `ALTER TABLE ${table} ADD CONSTRAINT … CHECK (${condition}) NOT VALID;\n-- in a transaction of its own; it lets reads and writes through\nALTER TABLE ${table} VALIDATE CONSTRAINT …;`;
  if (change.action === "validate-constraint")
    return `leave it NOT VALID, which checks every new value already, and prove the old rows on the tables:\n${onTables}`;
  if (change.action === "set-not-null") return `put it on the tables, one after the other:\n${onTables}`;
  const name = sqlName(change.name ?? "…");
  return `add it NOT VALID, which reads nothing and checks every new value: \`ALTER DOMAIN ${sqlTable(change.domain)} ADD CONSTRAINT ${name === '"…"' ? "…" : name} CHECK (${change.expression ?? "…"}) NOT VALID;\`. For the old rows a CHECK on each table (a VALIDATE on the domain would block writes):\n${onTables}`;
}
