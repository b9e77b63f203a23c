import type { Grant } from "../../model/change.ts";
import type { Severity } from "../../model/report.ts";
import type { Hazard, Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, namedList } from "../words.ts";

export const grantWidening: Rule = {
  id: "grant-widening",
  summary: "rights for everybody, all rights at once, or a role that stands above the rules",
  database: "postgres",
  kinds: ["maintenance"],
  check(statement) {
    const commands = changesOf(statement, "maintenance");
    // GRANT on several tables is a change for each, with the same words.
    const [granted] = commands.flatMap(({ grant }) => grant ?? []);
    const grant = granted === undefined ? null : judge(granted);
    const powers = [...new Set(commands.flatMap(({ roleOptions }) => roleOptions ?? []))].filter((option) => POWERS.includes(option));
    return [...(grant === null ? [] : [grant]), ...(powers.length === 0 ? [] : [role(powers)])];
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
