import type { ClickHouseRule } from "./rule.ts";
import { counted, list } from "./words.ts";

/** Rules whose ids and pages belong to both engines (`rules/any`, and the matrix), asked here of ClickHouse statements. */
export const SHARED_RULES: readonly ClickHouseRule[] = [
  {
    id: "syntax-error",
    summary: "the statement does not parse",
    check({ statement }) {
      if (statement.syntaxError === null) return [];
      const { span } = statement.syntaxError;
      const message = statement.syntaxError.message.replace(/\.$/, "");
      return [
        {
          severity: "error",
          span,
          message: `does not parse: ${message}`,
          why: "the server would refuse it too (code 62), and everything after it is judged against a schema without it; a file is no transaction, so what stands before it has run by then",
          help: syntaxHelp(statement.sql),
          evidence: [{ kind: "error", text: `code 62: ${message}`, from: "static", value: { code: 62, message } }],
        },
      ];
    },
  },
  {
    id: "opaque-code",
    summary: "something that tread cannot read: what it does to the database is not known",
    check({ statement }) {
      const reason = statement.opaque ?? statement.facts?.opaque ?? null;
      if (reason === null || statement.syntaxError !== null) return [];
      return [
        {
          severity: "warning",
          message: `${statement.kind === "code" ? "code" : "a statement"} that cannot be read: ${reason}`,
          label: "what this does is not known",
          why: 'a hazard may hide here, so the verdict is "unknown" and not "safe"',
          help: `write it as plain statements; or rehearse it on a real ClickHouse (\`tread rehearse\`); or let a person read it and say so: \`${statement.kind === "code" ? "#" : "--"} tread-ignore opaque-code: <what was judged, by whom>\``,
          evidence: [],
        },
      ];
    },
  },
  {
    id: "irreversible-migration",
    summary: "the migration has no way back",
    checkMigration({ migration, statements }) {
      const missing = statements.filter(({ statement }) => statement.reverse === "missing");
      const first = missing[0] ?? statements[0];
      if (first === undefined || (missing.length === 0 && migration.down !== "missing")) return [];
      return [
        {
          severity: "warning",
          statement: missing.length === 0 ? null : first.statement.index,
          message:
            missing.length === 0
              ? `${migration.id} has no way back`
              : `${first.statement.operation ?? `statement ${first.statement.index + 1}`} has no way back`,
          why: "when the release must be rolled back, the schema stays ahead of the app; if the older version does not fit it, only a person can help",
          help: "write the down migration that the tool expects, or a statement that does nothing where going back needs nothing done",
          evidence: [],
        },
      ];
    },
  },
  {
    id: "breaks-live-version",
    summary: "a query of a live version fails from this statement on",
    check(statement, context) {
      const breaks = context.breaks(statement);
      const certain = breaks.filter(({ use }) => use === "certain");
      const shown = certain.length > 0 ? certain : breaks;
      const [first] = shown;
      if (first === undefined) return [];
      const versions = [...new Set(shown.map(({ version }) => version))];
      const codes = [...new Set(shown.map(({ sqlstate }) => sqlstate))].join(", ");
      return [
        {
          severity: certain.length > 0 ? "error" : "warning",
          message: `${counted(shown.length, "query", "queries")} of ${list(versions)} ${shown.length === 1 ? "fails" : "fail"} after this statement`,
          label: `${first.origin}: ${first.error}`,
          why: `they work before it and fail after it with code ${codes}, until the last server of ${list(versions)} is gone; an INSERT that fails in a materialized view has written its source already, so its retry doubles the row`,
          help: `change the schema so that both versions fit it, release a version that no longer sends these queries, and make this change after the last server of ${list(versions)} is gone`,
          evidence: [...context.breakEvidence(shown), ...context.evidence(statement)],
          liveVersions: versions,
        },
      ];
    },
  },
];

/** What people write for another database, or because a guide says so, and ClickHouse's grammar does not have (code 62). */
function syntaxHelp(sql: string): string {
  if (/^\s*ALTER\s+TABLE\s+IF\s+EXISTS\b/i.test(sql))
    return "ClickHouse has no ALTER TABLE IF EXISTS: leave the two words out, and ask `EXISTS TABLE …` outside of the statement where it matters; the commands themselves have it (`ADD COLUMN IF NOT EXISTS`, `DROP COLUMN IF EXISTS`)";
  if (/\bMODIFY\s+(?:PRIMARY\s+KEY|PARTITION\s+BY|ENGINE)\b/i.test(sql))
    return "there is no such command: a primary key, a partition key and an engine are for life. Create the table anew under another name, copy the rows, catch up, and `EXCHANGE TABLES`";
  return "correct it; if another tool fills in a template first, check what it fills in (`tread check` reads files as they are)";
}
