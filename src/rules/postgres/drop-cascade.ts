import type { Dependent } from "../dependents.ts";
import { dependents, nameDependent } from "../dependents.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { usage } from "../usage.ts";
import { capital, list, named, sentences } from "../words.ts";

export const dropCascade: Rule = {
  id: "drop-cascade",
  summary: "CASCADE drops views, foreign keys, triggers and defaults that the statement does not name",
  database: "postgres",
  check(statement, context) {
    const cascading = statement.statement.changes.filter((change) => "cascade" in change && change.cascade);
    // Of a statement that fails nothing is dropped. TRUNCATE … CASCADE drops nothing either: it has a rule of its own.
    if (cascading.every((change) => change.kind === "truncate") || context.effects(statement).error !== null) return [];
    const gone = dependents(statement).filter(({ relation }) => context.existedBefore(statement, relation));
    return gone.length === 0 ? [] : [judge(statement, context, gone)];
  },
};

function judge(statement: JudgedStatement, context: RuleContext, gone: readonly Dependent[]): Hazard {
  const used = gone.filter(({ kind }) => kind === "view").map(({ relation }) => usage(statement, context, named(relation), [relation]));
  const worst = used.find(({ severity }) => severity === "error");
  const keys = gone.filter(({ kind }) => kind === "foreign-key");
  const defaults = gone.filter(({ kind }) => kind === "default");
  const triggers = gone.filter(({ kind }) => kind === "trigger");
  return {
    severity: worst === undefined && mustBeFilled(statement, context, defaults).length === 0 ? "warning" : "error",
    message: `CASCADE also drops ${list(gone.slice(0, 4).map(nameDependent))}${gone.length > 4 ? ` and ${gone.length - 4} more` : ""}`,
    label: "drops what it does not name",
    why: sentences(
      worst !== undefined && `${capital(worst.sentence)}.`,
      keys.length > 0 &&
        `Without ${keys.length === 1 ? "its foreign key" : "their foreign keys"} ${list([...new Set(keys.map(({ relation }) => named(relation)))])} may from here on hold rows that point at nothing, and nobody is told.`,
      defaults.length > 0 &&
        `An INSERT that leaves ${list(defaults.map(({ name }) => named(name)))} to the database gets NULL from here on, and fails with SQLSTATE 23502 where the column is NOT NULL.`,
      triggers.length > 0 && "What the triggers did, they no longer do: no statement fails, the data is just no longer kept.",
      "None of it comes back by a way back, and on another installation CASCADE may take more than here.",
    ),
    help: `write down what is to go, and leave CASCADE out, so that the statement fails where something else depends on it: ${gone
      .slice(0, 4)
      .map((dependent) => `\`${dropOf(dependent)}\``)
      .join(" ")} before it`,
    evidence: [...(worst?.evidence ?? []), ...context.evidence(statement)],
    liveVersions: worst?.liveVersions ?? [],
  };
}

function dropOf({ kind, relation, name }: Dependent): string {
  const owner = named(relation).replaceAll("`", "");
  switch (kind) {
    case "view":
      return `DROP VIEW ${owner};`;
    case "foreign-key":
      return `ALTER TABLE ${owner} DROP CONSTRAINT ${name};`;
    case "default":
      return `ALTER TABLE ${owner} ALTER COLUMN ${name} DROP DEFAULT;`;
    case "trigger":
      return `DROP TRIGGER ${name} ON ${owner};`;
    default:
      return kind satisfies never;
  }
}

/** Columns that lose their default and must not be NULL: no INSERT that leaves them out passes any more. */
function mustBeFilled(statement: JudgedStatement, context: RuleContext, defaults: readonly Dependent[]): readonly Dependent[] {
  return defaults.filter(({ relation, name }) => context.column(statement, relation, name)?.notNull === true);
}
