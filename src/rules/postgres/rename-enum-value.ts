import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { list, named, sqlTable } from "../words.ts";

export const renameEnumValue: Rule = ruleFor("rename-enum-value", {
  id: "rename-enum-value",
  summary: "renaming a value of an enum that a version of the app may still send",
  check(change, statement, context) {
    const type = statement.before.types.get(change.type);
    const migrations = new Set(context.release.map((judged) => judged.migration.id));
    if (type?.origin.migration !== undefined && type.origin.migration !== null && migrations.has(type.origin.migration)) return null;
    const known = context.liveVersions.length > 0;
    const using = usersOf(change.type, statement, context);
    return {
      severity: known && using.length === 0 ? "warning" : "error",
      about: `${change.type}.${change.value}`,
      message: `renaming value \`${change.value}\` of enum ${named(change.type)} to \`${change.to}\``,
      label: "the old value is refused from here on, the new one was unknown before",
      why: `${
        known
          ? using.length > 0
            ? `${list(using)} ${using.length === 1 ? "reads or writes" : "read or write"} columns of this type, and the values travel as parameters, so that \`${change.value}\` must be presumed among them`
            : `no query of ${list(context.liveVersions)} names a column of this type`
          : `no live version is known, so the version before this migration is presumed to send \`${change.value}\``
      }: a query that does fails with SQLSTATE 22P02, and one that reads meets a value it does not know`,
      help: `add the new value beside the old one (\`ALTER TYPE ${sqlTable(change.type)} ADD VALUE '${change.to.replaceAll("'", "''")}';\`), release a version that reads both and writes only the new one, and change the rows in batches`,
      evidence: context.evidence(statement),
    };
  },
});

/** Live versions with a query that names a column of the type and its table. */
function usersOf(type: string, statement: JudgedStatement, context: RuleContext): readonly string[] {
  const using = new Set<string>();
  for (const relation of statement.before.relations.values()) {
    const columns = relation.columns.filter((column) => column.type.name === type);
    if (columns.length === 0) continue;
    const there = new Set(context.versionsNaming(bareName(relation.name)));
    for (const { name } of columns) for (const version of context.versionsNaming(name)) if (there.has(version)) using.add(version);
  }
  return [...using];
}
