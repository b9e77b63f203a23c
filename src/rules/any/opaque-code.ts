import type { Rule } from "../rule.ts";
import { namedList } from "../words.ts";

export const opaqueCode: Rule = {
  id: "opaque-code",
  summary: "something that tread cannot read: what it does to the database is not known",
  database: "any",
  check({ statement }) {
    const reason = statement.opaque ?? statement.facts?.opaque ?? null;
    if (reason === null || statement.syntaxError !== null) return [];
    const change = statement.changes.find((candidate) => candidate.kind === "opaque");
    const touches = change?.kind === "opaque" ? change.mayTouch : null;
    return [
      {
        severity: "warning",
        message: `${statement.kind === "code" ? "code" : "a statement"} that cannot be read: ${reason}`,
        label: "what this does is not known",
        why: `a hazard may hide here, so the verdict is "unknown" and not "safe"${touches === null || touches.length === 0 ? "" : `; it may touch ${namedList(touches)}`}`,
        help: `write it as plain statements; or rehearse it on a real Postgres (\`tread rehearse\`); or let a person read it and say so: \`${statement.kind === "code" ? "#" : "--"} tread-ignore opaque-code: <what was judged, by whom>\``,
        evidence: [],
      },
    ];
  },
};
