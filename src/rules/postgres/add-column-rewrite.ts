import type { Column } from "../../model/schema.ts";
import { batchedUpdate, keyOf } from "../advice.ts";
import { isConstrained } from "../domains.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { givesValue, named, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const addColumnRewrite: Rule = ruleFor("add-column", {
  id: "add-column-rewrite",
  summary: "adding a serial, identity, stored generated or constrained-domain column rewrites the table",
  check(change, statement, context) {
    const { table, column } = change;
    const cause = causeOf(column, change.serial, isConstrained(statement.before.types, column.type.name));
    if (cause === null) return null;
    const work = workOn(statement, context, table, change).filter((item) => item.kind === "rewrite");
    const [first] = work;
    if (first === undefined) return null;
    const tables = work.map((item) => item.table);
    const key = keyOf(statement, context, table);
    const forms = safeForms(
      sqlTable(table),
      sqlName(column.name),
      batchedUpdate(table, `${sqlName(column.name)} = …`, `${sqlName(column.name)} IS NULL`, key),
    );
    return {
      severity: worstSeverity(context, tables),
      about: `${table}.${column.name}`,
      message: `adding ${cause.what} ${named(column.name)} rewrites ${named(table)}`,
      label: cause.label,
      why: sentences(whoWaits(context, first), cause.why),
      help: sayTo(statement, {
        sql: forms[cause.form],
        django: `add a plain nullable field instead, and through \`migrations.RunSQL\`: ${forms[cause.form]}`,
      }),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});

interface Cause {
  readonly what: string;
  readonly label: string;
  readonly why: string;
  readonly form: "sequence" | "trigger" | "check";
}

function causeOf(column: Column, serial: boolean, constrained: boolean): Cause | null {
  if (serial || column.identity !== null) {
    return {
      what: serial ? "serial column" : "identity column",
      label: "the next number of a sequence for every row",
      why: "Every row gets a number of its own, so every row is written, on all versions of Postgres.",
      form: "sequence",
    };
  }
  if (column.generated === "stored") {
    return {
      what: "stored generated column",
      label: "computed and stored for every row",
      why: "A stored generated column is computed for the rows that exist, so every row is written (a virtual one, new in Postgres 18, is not).",
      form: "trigger",
    };
  }
  if (!constrained) return null;
  // A volatile default has a rule of its own.
  if (givesValue(column.default) && column.default.volatility !== "immutable" && column.default.volatility !== "stable") return null;
  return {
    what: "column",
    label: "its domain has a constraint",
    why: "A domain with a constraint makes Postgres write every row to check the new value, even where it is NULL (measured on 11 to 18).",
    form: "check",
  };
}

function safeForms(t: string, c: string, backfill: string): Record<Cause["form"], string> {
  return {
    sequence: `add a plain column, give new rows a number, fill old rows in batches:\nALTER TABLE ${t} ADD COLUMN ${c} bigint;\nCREATE SEQUENCE … OWNED BY ${t}.${c};\nALTER TABLE ${t} ALTER COLUMN ${c} SET DEFAULT nextval('…');\n${backfill}`,
    trigger: `add a plain column, keep it up to date with a trigger (or in the app), fill old rows in batches:\nALTER TABLE ${t} ADD COLUMN ${c} …;\n${backfill}`,
    check: `add the column with the domain's base type and check the rows without a long lock:\nALTER TABLE ${t} ADD COLUMN ${c} …;\nALTER TABLE ${t} ADD CONSTRAINT … CHECK (…) NOT VALID;\n-- in a transaction of its own\nALTER TABLE ${t} VALIDATE CONSTRAINT …;`,
  };
}
