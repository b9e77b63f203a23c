import type { Rule } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { unreadUses, usage } from "../usage.ts";
import { capital, named, sayTo, sentences, sqlName, sqlTable, typeName } from "../words.ts";

export const renameColumn: Rule = ruleFor("rename-column", {
  id: "rename-column",
  summary: "renaming a column that a version of the app may still name",
  check(change, statement, context) {
    if (!context.columnExistedBefore(statement, change.table, change.column)) return null;
    const used = usage(statement, context, "the old name", [change.table, change.column]);
    // Two columns that exchange their names in one transaction: the old name is never missing.
    const takenOver = context
      .laterInTransaction(statement)
      .some((later) => changesOf(later, "rename-column").some((next) => next.table === change.table && next.to === change.column));
    if (!used.breaks && takenOver) return null;
    const unread = unreadUses(context, [change.table]);
    const type = context.column(statement, change.table, change.column)?.type;
    const [table, to] = [sqlTable(change.table), sqlName(change.to)];
    return {
      severity: used.severity,
      about: `${change.table}.${change.column}`,
      message: `renaming column ${named(change.column)} of ${named(change.table)} to ${named(change.to)}${used.breaks ? " while a live version still names it" : ""}`,
      label: "the old name is gone at once, the new one did not exist before",
      why: sentences(
        `${capital(used.sentence)}.`,
        unread !== null && `${capital(unread.sentence)}.`,
        "A rename has no moment that suits both: the old version fails after it, the new one before it.",
      ),
      help: sayTo(statement, {
        sql: `keep the column's name and change only what the app calls it; or expand and contract: \`ALTER TABLE ${table} ADD COLUMN ${to} ${type === undefined ? "…" : typeName(type)};\`, release a version that writes both, backfill in batches, release one that reads and writes only \`${to}\`, then drop ${named(change.column)}`,
        django: `keep the column and rename only the field: \`migrations.SeparateDatabaseAndState(state_operations=[migrations.RenameField(…), migrations.AlterField(…)])\` with \`db_column="${change.column}"\` on the field`,
      }),
      evidence: [...used.evidence, ...(unread?.evidence ?? []), ...context.evidence(statement, [change.table])],
      liveVersions: used.liveVersions,
      supersedes: ["breaks-live-version"],
    };
  },
});
