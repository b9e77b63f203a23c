import type { Grant } from "../../model/change.ts";
import type { Severity } from "../../model/report.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named, namedList, sqlTable } from "../words.ts";

export const grantWidening: Rule = {
  id: "grant-widening",
  summary: "rights for everybody, all rights at once, a role that stands above the rules, or row-level security switched off",
  database: "postgres",
  kinds: ["maintenance", "alter-table-other"],
  check(statement, context) {
    const commands = changesOf(statement, "maintenance");
    // GRANT on several tables is a change for each, with the same words.
    const [granted] = commands.flatMap(({ grant }) => grant ?? []);
    const grant = granted === undefined ? null : judge(granted);
    const powers = [...new Set(commands.flatMap(({ roleOptions }) => roleOptions ?? []))].filter((option) => POWERS.includes(option));
    const opened = changesOf(statement, "alter-table-other").filter(
      ({ table, action }) => action === "DISABLE ROW LEVEL SECURITY" && statement.before.relations.get(table)?.rowSecurity === true,
    );
    return [
      ...(grant === null ? [] : [grant]),
      ...(powers.length === 0 ? [] : [role(powers)]),
      ...opened.filter(({ table }) => context.existedBefore(statement, table)).map(({ table }) => everyRow(table, statement, context)),
    ];
  },
};

const POWERS = ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "REPLICATION"];
const ABOVE_ALL = ["SUPERUSER", "BYPASSRLS"];
const WRITES = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "CREATE"];

function judge(grant: Grant): Hazard | null {
  const { privileges, grantees, on, objects, withGrantOption } = grant;
  const toPublic = grantees.includes("PUBLIC");
  const everything = privileges.length === 0;
  const isData = on === "TABLE" || on === "SEQUENCE" || on === "SCHEMA" || on === "DATABASE";
  // USAGE of a schema and EXECUTE of a function is what PUBLIC has by default.
  const wide = isData && ((toPublic && !(privileges.length === 1 && privileges[0] === "USAGE")) || everything);
  if (!wide && !withGrantOption) return null;
  const writes = everything || privileges.some((privilege) => WRITES.includes(privilege));
  const severity: Severity = toPublic && writes && isData ? "warning" : "info";
  const what = everything ? "all rights" : list(privileges);
  const where = objects.length === 0 ? `every ${on.toLowerCase()} of a schema` : `${on.toLowerCase()} ${namedList(objects)}`;
  return {
    severity,
    message: `${what} on ${where} for ${toPublic ? "everybody (PUBLIC)" : list(grantees)}${withGrantOption ? ", to be passed on" : ""}`,
    label: toPublic
      ? "every role of the server, also those of the future"
      : everything
        ? "TRUNCATE, REFERENCES and TRIGGER are among them"
        : "whoever has it may give it on",
    why: toPublic
      ? "every role that can connect has it, also one that is made next year for something else; a REVOKE from a single role does not take it away"
      : withGrantOption && !everything
        ? "from here on the role decides who else has it, and a REVOKE needs CASCADE"
        : "ALL is what the server's version makes of it: TRUNCATE goes past row triggers, TRIGGER lets the role run code with the rights of whoever writes",
    help: "name the role and the rights that it needs: `GRANT SELECT, INSERT, UPDATE, DELETE ON … TO …;`",
    evidence: [],
  };
}

function role(powers: readonly string[]): Hazard {
  return {
    severity: powers.some((power) => ABOVE_ALL.includes(power)) ? "warning" : "info",
    message: `a role with ${list(powers)}`,
    label: "stands above what others are held to",
    why: "a superuser passes every check and may run programs on the server; BYPASSRLS sees all rows; CREATEROLE and REPLICATION reach further than their names say. Migrations run on every installation, with its own idea of who may log in",
    help: "give the rights that are needed on objects, or predefined roles (`pg_monitor`, `pg_read_all_data`); leave roles to whoever runs the server",
    evidence: [],
  };
}

/** Measured on 13 and 18: the policies stay, and no longer decide anything. */
function everyRow(table: string, statement: JudgedStatement, context: RuleContext): Hazard {
  const policies = statement.before.relations.get(table)?.policies ?? [];
  return {
    severity: "warning",
    about: table,
    message: `without row-level security whoever may read ${named(table)} sees every row of it`,
    label: "its policies no longer decide",
    why: `${policies.length === 0 ? "row-level security" : `${policies.length === 1 ? "the policy" : "the policies"} ${namedList(policies)}`} decided which rows a role sees and changes; from here on its GRANTs alone count, for every tenant and every version at once. No query fails, so nothing tells`,
    help: `change the policies instead: a policy for the one who needs more (\`CREATE POLICY … ON ${sqlTable(table)} TO … USING (true);\`), or a role with BYPASSRLS for the job`,
    evidence: context.evidence(statement, [table]),
  };
}
