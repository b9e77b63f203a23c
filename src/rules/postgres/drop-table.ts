import type { JudgedStatement } from "../../model/judged.ts";
import type { Relation } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { staged } from "../staged.ts";
import { isRolledBack, unreadUses, usage } from "../usage.ts";
import { capital, named, namedList, sayTo, sentences, sqlTable } from "../words.ts";

const KINDS = {
  table: "table",
  "partitioned-table": "table",
  "foreign-table": "foreign table",
  view: "view",
  "materialized-view": "materialized view",
} as const satisfies Record<Relation["kind"], string>;

export const dropTable: Rule = {
  id: "drop-table",
  summary: "dropping a table or view that a version of the app may still use",
  database: "postgres",
  kinds: ["drop-relation", "drop-schema"],
  check(statement, context) {
    const hazards: Hazard[] = [];
    for (const change of changesOf(statement, "drop-relation")) {
      if (!context.existedBefore(statement, change.name) || isRolledBack(statement, context, change.name)) continue;
      hazards.push(judge(statement, context, change.name, KINDS[change.relationKind]));
    }
    for (const change of changesOf(statement, "drop-schema")) {
      const inside = [...statement.before.relations.keys()].filter((name) => name.startsWith(`${change.name}.`));
      const existing = inside.filter((name) => context.existedBefore(statement, name));
      if (existing.length > 0) hazards.push(judge(statement, context, change.name, "schema", existing));
    }
    return hazards;
  },
};

function judge(statement: JudgedStatement, context: RuleContext, name: string, kind: string, inside: readonly string[] = [name]): Hazard {
  const used = usage(statement, context, `the ${kind}`, [name]);
  const unread = unreadUses(context, inside);
  const stages = staged(statement, context, used, unread !== null, inside, []);
  // Without CASCADE the statement fails where something depends on it, and takes nothing along.
  const alsoGone = context.effects(statement).error === null ? lostAlong(statement, inside) : [];
  const holdsRows = kind === "table" || kind === "schema";
  return {
    severity: stages.severity,
    about: name,
    message: `dropping ${kind} ${named(name)}${used.breaks ? ", which a live version still uses" : ""}`,
    label: used.breaks ? "queries on it fail from here on" : holdsRows ? "its rows are gone for good" : "gone for every version at once",
    why: sentences(
      `${capital(stages.sentence)}.`,
      unread !== null && `${capital(unread.sentence)}.`,
      kind === "schema" && `It holds ${namedList(inside.slice(0, 5))}${inside.length > 5 ? " and more" : ""}.`,
      alsoGone.length > 0 && `CASCADE takes ${namedList(alsoGone)} with it.`,
      holdsRows && "Its rows cannot be brought back by a way back.",
    ),
    help: stages.help ?? help(statement, name, kind, stages.severity),
    evidence: [
      ...stages.evidence,
      ...(unread?.evidence ?? []),
      ...(holdsRows ? inside.slice(0, 3).map((table) => context.sizeEvidence(table)) : []),
      ...context.evidence(statement),
    ],
    liveVersions: used.liveVersions,
    supersedes: ["breaks-live-version"],
  };
}

function help(statement: JudgedStatement, name: string, kind: string, severity: Hazard["severity"]): string {
  if (severity === "warning") {
    return `right when the last version that used it has been retired everywhere, also the one a rollback would deploy; \`-- tread-ignore drop-table: <reason>\` records that it has`;
  }
  const drop = `DROP ${kind.toUpperCase()} ${sqlTable(name)};`;
  return sayTo(statement, {
    sql: `first release a version that does not use ${named(name)}; when the last server of the old one is gone, a later migration runs \`${drop}\``,
    django: `remove the model from the state only, in this release: \`migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(…)])\`, and drop its foreign keys to busy tables by themselves; when the last server of the old version is gone, a later migration runs \`${drop}\` through \`migrations.RunSQL\``,
  });
}

/** Relations that are gone after the statement though it did not name them. */
function lostAlong(statement: JudgedStatement, namedByIt: readonly string[]): readonly string[] {
  return [...statement.before.relations.values()]
    .filter((relation) => !statement.after.relations.has(relation.name) && !namedByIt.includes(relation.name))
    .map((relation) => relation.name);
}
