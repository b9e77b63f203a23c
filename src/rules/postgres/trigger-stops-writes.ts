import type { JudgedStatement } from "../../model/judged.ts";
import type { VersionWrite } from "../../model/query.ts";
import type { Trigger, UserFunction } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { counted, list, named } from "../words.ts";

export const triggerStopsWrites: Rule = {
  id: "trigger-stops-writes",
  summary: "a trigger whose function refuses or swallows every row that the versions that serve write",
  database: "postgres",
  kinds: ["create-trigger", "create-function"],
  check(statement, context) {
    return [
      ...changesOf(statement, "create-trigger").flatMap(({ table, trigger }) => {
        const routine = trigger.function === null ? undefined : statement.before.functions.get(trigger.function);
        return routine === undefined ? [] : judge(statement, context, table, trigger, routine);
      }),
      // The trigger stands already, and gets another body.
      ...changesOf(statement, "create-function").flatMap((change) =>
        change.function.ends === undefined
          ? []
          : [...statement.before.relations.values()].flatMap((relation) =>
              relation.triggers.flatMap((trigger) =>
                trigger.function === change.function.name ? judge(statement, context, relation.name, trigger, change.function) : [],
              ),
            ),
      ),
    ];
  },
};

/** What becomes of an INSERT, UPDATE or DELETE; null: it goes through, or that depends on the row. */
type Harm = "fails" | "is not done" | "keeps the old values";

/**
 * Manual, section 37.1 (Overview of Trigger Behavior) and 41.10.1: a BEFORE trigger for each row that returns NULL skips the row without an
 * error. In an INSERT, OLD is NULL, and in a DELETE, NEW is (measured on 13 to 18).
 */
function harmOf(event: string, { timing, row }: Trigger, ends: UserFunction["ends"]): Harm | null {
  if (ends === "raises" || ends === "unfinished") return "fails";
  if (row !== true || timing === "after" || ends === undefined) return null;
  const nothing = ends === "null" || (event === "INSERT" && ends === "old") || (event === "DELETE" && ends === "new");
  // An INSTEAD OF trigger does the work itself: only NULL says that it did none.
  if (timing === "instead") return ends === "null" ? "is not done" : null;
  if (nothing) return "is not done";
  return event === "UPDATE" && ends === "old" ? "keeps the old values" : null;
}

const VERBS: Readonly<Record<string, readonly VersionWrite["verb"][]>> = {
  INSERT: ["insert", "copy", "merge"],
  UPDATE: ["update", "merge"],
  DELETE: ["delete", "merge"],
};

function judge(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  trigger: Trigger,
  { name, ends }: UserFunction,
): readonly Hazard[] {
  if (!context.existedBefore(statement, table)) return [];
  const harms = trigger.events.flatMap((event) => {
    const harm = VERBS[event] === undefined ? null : harmOf(event, trigger, ends);
    return harm === null ? [] : [{ event, harm }];
  });
  const [first] = harms;
  if (first === undefined) return [];
  const writes = context
    .versionWrites(table)
    .filter((write) => harms.some(({ event }) => VERBS[event]?.includes(write.verb) === true && fires(event, trigger, write)));
  const versions = [...new Set(writes.map(({ version }) => version))];
  const known = context.liveVersions.length > 0;
  const used = writes.length > 0 || !known;
  const verbs = list(harms.map(({ event }) => event));
  const some = trigger.when === undefined ? "every" : "each";
  const met = trigger.when === undefined ? "" : " that meets its WHEN";
  const fate = [...new Set(harms.map(({ harm }) => harm))].join(" or ");
  return [
    {
      severity: used && trigger.when === undefined ? "error" : "warning",
      about: `${table}.${trigger.name}`,
      message: `${some} ${verbs}${versions.length === 0 ? "" : ` of ${list(versions)}`} on ${named(table)}${met} ${fate} from here on`,
      label: LABELS[ends ?? "raises"].replaceAll("{}", `${bareName(name)}()`),
      why: `${first.harm === "fails" ? "the error of the trigger's function is the error of the statement" : "a BEFORE trigger that returns NULL skips the row, and one that returns another row writes that one: no error tells the version, only a count of rows that is too small"}${known && !used ? "; no known live version sends such a statement" : ""}`,
      help: HELP[ends ?? "raises"],
      evidence: [
        ...(writes.length === 0
          ? []
          : [
              {
                kind: "query" as const,
                text: `${versions[0] ?? ""} sends ${counted(writes.length, "such statement")} (${writes[0]?.query.origin ?? ""})`,
                from: "static" as const,
                witness: "the queries of the live versions",
                value: { versions, queries: writes.map(({ query }) => query.origin) },
              },
            ]),
        ...context.evidence(statement, [table]),
      ],
      liveVersions: versions,
      supersedes: ["create-trigger"],
    },
  ];
}

/** UPDATE OF: only where one of these columns is set. */
function fires(event: string, { columns }: Trigger, write: VersionWrite): boolean {
  if (event !== "UPDATE" || columns.length === 0 || write.columns.length === 0) return true;
  return columns.some((column) => write.columns.includes(column));
}

const LABELS: Readonly<Record<NonNullable<UserFunction["ends"]>, string>> = {
  null: "{} always returns NULL",
  new: "{} always returns NEW, which is NULL in a DELETE",
  old: "{} always returns OLD",
  raises: "{} always raises an error",
  unfinished: "{} ends without RETURN (SQLSTATE 2F005)",
};

const HELP: Readonly<Record<NonNullable<UserFunction["ends"]>, string>> = {
  null: "`RETURN NEW` (in a DELETE `RETURN OLD`) for the rows that may pass; to refuse writes for good, release first a version that sends none",
  new: "`IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;` before `RETURN NEW`, or a function of its own for DELETE",
  old: "`RETURN NEW` for INSERT and UPDATE",
  raises: "release first a version that no longer sends such statements; then the trigger keeps out only what nobody should send",
  unfinished: "end the body with `RETURN NEW;` (in a DELETE `RETURN OLD;`, in an AFTER trigger `RETURN NULL;`)",
};
