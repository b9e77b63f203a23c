import type { EngineError } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { touched } from "../../model/touched.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { dependents, nameDependent } from "../dependents.ts";
import { list } from "../words.ts";

export const statementFails: Rule = {
  id: "statement-fails",
  summary: "the statement ends with an error",
  database: "postgres",
  check(statement, context) {
    const { error } = context.effects(statement);
    if (error === null) return [];
    if (ABOUT_EXISTENCE.has(error.sqlstate) && isInDoubt(statement)) return [mayFail(error, statement, context)];
    const whole = context.inTransaction(statement);
    return [
      {
        severity: "error",
        message: `fails with SQLSTATE ${error.sqlstate}: ${error.message}`,
        why: whole
          ? "the transaction is rolled back and the migration stops here; a deploy that tries again fails again"
          : "the migration stops here with its earlier statements done and its later ones not: a second run starts from a schema that the migration did not expect",
        help: helpFor(error.sqlstate, statement, context),
        evidence: context.evidence(statement).filter((line) => line.kind === "error"),
        // What fails takes nothing away: that is judged when it would.
        supersedes: OF_NO_CONCERN,
      },
    ];
  },
};

/** Something is there already, or is not (manual, appendix A). */
const ABOUT_EXISTENCE: ReadonlySet<string> = new Set(["42P01", "42P06", "42P07", "42701", "42703", "42704", "42710"]);

/** Whether what the statement is about was there when something ran that nobody understood, and may have been changed by it. */
function isInDoubt({ statement, before }: JudgedStatement): boolean {
  const { doubted } = before;
  if (doubted === undefined) return false;
  const made = statement.changes.flatMap((change) =>
    change.kind === "create-relation" ? [change.relation.name] : change.kind === "create-index" ? [change.index.name] : [],
  );
  const owners = [...before.relations.values()].filter(({ indexes }) => indexes.some(({ name }) => made.includes(name)));
  const concerned = [...statement.changes.flatMap(touched), ...made, ...owners.map(({ name }) => name)];
  return concerned.some((name) => doubted.has(name));
}

function mayFail(error: EngineError, statement: JudgedStatement, context: RuleContext): Hazard {
  return {
    severity: "warning",
    message: `may fail with SQLSTATE ${error.sqlstate}: ${error.message}`,
    why: "that is what the statements say which could be read; one before it could not be, and may have made or dropped what this one needs",
    help: `${helpFor(error.sqlstate, statement, context)}; where the statement that could not be read sees to it, rehearse both (\`tread rehearse\`)`,
    evidence: context.evidence(statement).filter((line) => line.kind === "error"),
  };
}

/** What the statement would take away, or what is worth knowing of it, once it runs at all. */
const OF_NO_CONCERN: readonly string[] = [
  "analyze-after-change",
  "drop-column",
  "drop-index-blocking",
  "drop-m2m-table",
  "drop-table",
  "foreign-key-cascade",
  "foreign-key-locks-parent",
  "foreign-key-without-index",
  "index-many-columns",
  "missing-statement-timeout",
  "redundant-index",
  "rename-column",
  "rename-table",
];

/** What to do about an error class (manual, appendix A), with the names that the schema knows. */
function helpFor(sqlstate: string, statement: JudgedStatement, context: RuleContext): string {
  switch (sqlstate) {
    case "2BP01":
      return dependentsHelp(statement);
    case "0A000":
      return (
        viewsInTheWay(statement) ??
        "Postgres has no such form: what it refuses is named in the message; split the change so that it is not needed"
      );
    case "42601":
      return `write it as PostgreSQL ${context.environment.postgres} knows it, or set \`postgres:\` of the environment to the version that really runs there`;
    case "42P01":
    case "42703":
    case "42704":
    case "3F000":
      return "check the spelling and the order of the migrations: it must exist before this statement, or say IF EXISTS where that is meant. If it was made outside of the migrations, give tread the schema that they start from (`base:` of the source)";
    case "42P07":
    case "42701":
    case "42710":
    case "42P06":
      return "it is there already: drop this statement, choose another name, or, where a second run is meant to pass, say IF NOT EXISTS";
    case "42P16":
    case "42830":
      return "add the key that it needs first: a unique or primary key over exactly these columns (CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX)";
    case "25001":
      return "run it outside of a transaction, in a migration of its own";
    default:
      return "change the statement, or make what it needs true before it runs";
  }
}

function dependentsHelp(statement: JudgedStatement): string {
  const found = dependents(statement);
  const index = statement.statement.changes.find((change) => change.kind === "drop-index");
  if (index !== undefined) return "the index belongs to a constraint and goes with it: `ALTER TABLE … DROP CONSTRAINT …` instead";
  const what = found.length === 0 ? "what depends on it" : list(found.slice(0, 5).map(nameDependent));
  return `change or drop ${what} first, in the same migration; CASCADE would drop ${found.length === 1 ? "it" : "them"} without a word`;
}

/** ALTER COLUMN … TYPE is refused while a view reads the column. */
function viewsInTheWay(statement: JudgedStatement): string | null {
  const changed = statement.statement.changes.flatMap((change) => (change.kind === "change-type" ? [change] : []));
  const views = [...statement.before.relations.values()].filter((relation) =>
    relation.reads?.some(({ relation: table, column }) => changed.some((change) => change.table === table && change.column === column)),
  );
  if (views.length === 0) return null;
  const names = list(views.map(({ name }) => `\`${name.replace(/^public\./, "")}\``));
  return `in one transaction drop ${names}, change the type, and create ${views.length === 1 ? "it" : "them"} again (with ${views.length === 1 ? "its" : "their"} grants): nobody sees the gap, but reads of ${views.length === 1 ? "it" : "them"} wait`;
}
