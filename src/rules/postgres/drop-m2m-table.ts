import type { JudgedStatement } from "../../model/judged.ts";
import type { Relation } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { staged } from "../staged.ts";
import { unreadUses, usage } from "../usage.ts";
import { capital, named, namedList, sayTo, sentences, sqlTable } from "../words.ts";

export const dropM2mTable: Rule = ruleFor("drop-relation", {
  id: "drop-m2m-table",
  summary: "dropping the join table of a many-to-many field",
  check(change, statement, context) {
    const table = context.table(statement, change.name);
    if (table === null || !isJoinTable(table) || !context.existedBefore(statement, change.name)) return null;
    const used = usage(statement, context, "the join table", [change.name]);
    const unread = unreadUses(context, [change.name]);
    const stages = staged(statement, context, used, unread !== null, [change.name], []);
    const sides = table.constraints.flatMap((constraint) => (constraint.references === null ? [] : [constraint.references.relation]));
    return {
      severity: stages.severity,
      about: change.name,
      message: `dropping join table ${named(change.name)}${sides.length === 2 ? ` between ${namedList(sides)}` : ""}${used.breaks ? ", which a live version still queries" : ""}`,
      label: used.breaks ? "queries on it fail from here on" : "the links are gone for good",
      why: sentences(
        `${capital(stages.sentence)}.`,
        unread !== null && `${capital(unread.sentence)}.`,
        "A join table is read when the field is used, and by every delete on either side while the field is in a version's models: the ORM's delete collector queries it, whether the code uses the field or not (measured on Django 5.2: 42P01).",
      ),
      help: stages.help ?? help(statement, context, change.name, stages.severity),
      evidence: [...stages.evidence, ...(unread?.evidence ?? []), context.sizeEvidence(change.name), ...context.evidence(statement)],
      liveVersions: used.liveVersions,
      supersedes: ["drop-table", "breaks-live-version"],
    };
  },
});

function help(statement: JudgedStatement, context: RuleContext, table: string, severity: "error" | "warning" | "info"): string {
  if (severity === "warning" && context.liveVersions.length > 0) {
    return "right when a release in which the field has left the models has replaced every older one, also the one a rollback would deploy; `-- tread-ignore drop-m2m-table: <reason>` records that it has";
  }
  return sayTo(statement, {
    sql: `release a version that neither uses the relation nor knows it in its models; when the last older server is gone, a later migration runs \`DROP TABLE ${sqlTable(table)};\``,
    django: `take the field out of the state only: \`migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(…)])\`; when the last server that has the field is gone, a later migration runs \`DROP TABLE ${sqlTable(table)};\` through \`migrations.RunSQL\``,
  });
}

/** By shape, as an ORM makes it: two columns that point at two rows and are unique together, with or without a key of its own. */
function isJoinTable(table: Relation): boolean {
  if (table.kind !== "table") return false;
  const ownKey = table.constraints.find((constraint) => constraint.kind === "primary-key" && constraint.columns.length === 1)?.columns[0];
  const links = table.columns.filter((column) => column.name !== ownKey).map((column) => column.name);
  if (links.length !== 2) return false;
  const both = (columns: readonly (string | null)[]): boolean => columns.length === 2 && links.every((link) => columns.includes(link));
  const references = table.constraints.filter(
    (constraint) => constraint.kind === "foreign-key" && links.includes(constraint.columns[0] ?? ""),
  );
  const uniqueTogether =
    table.constraints.some(
      (constraint) => (constraint.kind === "unique" || constraint.kind === "primary-key") && both(constraint.columns),
    ) || table.indexes.some((index) => index.unique && both(index.columns));
  return references.length === 2 ? true : uniqueTogether && links.every((link) => link.endsWith("_id"));
}
