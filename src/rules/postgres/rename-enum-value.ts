import type { Rule } from "../rule.ts";
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
    return {
      severity: known ? "warning" : "error",
      about: `${change.type}.${change.value}`,
      message: `renaming value \`${change.value}\` of enum ${named(change.type)} to \`${change.to}\``,
      label: "the old value is refused from here on, the new one was unknown before",
      why: `${
        known
          ? `values travel as parameters, so whether ${list(context.liveVersions)} ${context.liveVersions.length === 1 ? "sends" : "send"} \`${change.value}\` cannot be read from the queries`
          : `no live version is known, so the version before this migration is presumed to send \`${change.value}\``
      }: a query that does fails with SQLSTATE 22P02, and one that reads meets a value it does not know`,
      help: `add the new value beside the old one (\`ALTER TYPE ${sqlTable(change.type)} ADD VALUE '${change.to.replaceAll("'", "''")}';\`), release a version that reads both and writes only the new one, and change the rows in batches`,
      evidence: context.evidence(statement),
    };
  },
});
