import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { unreadUses, usage } from "../usage.ts";
import { capital, named, namedList, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const renameTable: Rule = {
  id: "rename-table",
  summary: "renaming a table or its schema, or moving it to another schema, while a version of the app may still name it",
  database: "postgres",
  kinds: ["rename-relation", "set-schema", "rename-schema"],
  check(statement, context) {
    const moves = [
      ...changesOf(statement, "rename-relation").map((change) => ({ from: change.name, to: change.to, verb: "renaming" })),
      ...changesOf(statement, "set-schema").map((change) => ({
        from: change.name,
        to: `${change.schema}.${bareName(change.name)}`,
        verb: "moving",
      })),
    ];
    return [
      ...moves.flatMap((move) => judge(statement, context, move) ?? []),
      ...changesOf(statement, "rename-schema").flatMap((change) => judgeSchema(statement, context, change) ?? []),
    ];
  },
};

/** A schema under another name takes the names of everything in it along. */
function judgeSchema(statement: JudgedStatement, context: RuleContext, move: { name: string; to: string }): Hazard | null {
  const inside = [...statement.before.relations.keys()].filter((name) => name.startsWith(`${move.name}.`));
  const existing = inside.filter((name) => context.existedBefore(statement, name));
  if (existing.length === 0) return null;
  const used = usage(statement, context, "the old name", [move.name]);
  const visible = context.visibleAfter(statement).relations;
  if (!used.breaks && existing.every((name) => visible.has(name))) return null;
  const unread = unreadUses(context, existing);
  return {
    severity: used.severity,
    about: move.name,
    message: `renaming schema ${named(move.name)} to ${named(move.to)}${used.breaks ? " while a live version still uses the old name" : ""}`,
    label: "everything in it changes its name at once",
    why: sentences(
      `${capital(used.sentence)}.`,
      unread !== null && `${capital(unread.sentence)}.`,
      `It holds ${namedList(existing.slice(0, 5))}${existing.length > 5 ? " and more" : ""}.`,
      "A rename has no moment that suits both: the old version fails after it, the new one before it.",
    ),
    help: `keep the name; or in one transaction rename it and leave a schema behind that has a view for each table in use: \`ALTER SCHEMA ${sqlName(move.name)} RENAME TO ${sqlName(move.to)}; CREATE SCHEMA ${sqlName(move.name)}; CREATE VIEW ${sqlTable(existing[0] ?? move.name)} AS SELECT * FROM ${sqlTable(`${move.to}.${bareName(existing[0] ?? "")}`)}; …\`, and drop it when the last server of the old version is gone`,
    evidence: [...used.evidence, ...(unread?.evidence ?? []), ...context.evidence(statement)],
    liveVersions: used.liveVersions,
    supersedes: ["breaks-live-version"],
  };
}

function judge(statement: JudgedStatement, context: RuleContext, move: { from: string; to: string; verb: string }): Hazard | null {
  if (!context.existedBefore(statement, move.from)) return null;
  const used = usage(statement, context, "the old name", [move.from]);
  // A view under the old name, made in the same transaction, answers for it: nobody ever sees the gap.
  if (!used.breaks && context.visibleAfter(statement).relations.has(move.from)) return null;
  const unread = unreadUses(context, [move.from]);
  return {
    severity: used.severity,
    about: move.from,
    message: `${move.verb} ${named(move.from)} to ${named(move.to)}${used.breaks ? " while a live version still uses the old name" : ""}`,
    label: "the old name is gone at once, the new one did not exist before",
    why: sentences(
      `${capital(used.sentence)}.`,
      unread !== null && `${capital(unread.sentence)}.`,
      "A rename has no moment that suits both: the old version fails after it, the new one before it.",
    ),
    help: sayTo(statement, {
      sql: `keep the name; or in one transaction rename it and leave a view behind that both versions can read and write: \`ALTER TABLE ${sqlTable(move.from)} RENAME TO ${sqlName(bareName(move.to))}; CREATE VIEW ${sqlTable(move.from)} AS SELECT * FROM ${sqlTable(move.to)};\`, and drop the view when the last server of the old version is gone`,
      django: `keep the table's name: \`db_table = "${bareName(move.from)}"\` in the model's Meta, so that the rename happens in Python only`,
    }),
    evidence: [...used.evidence, ...(unread?.evidence ?? []), ...context.evidence(statement, [move.from])],
    liveVersions: used.liveVersions,
    supersedes: ["breaks-live-version"],
  };
}
