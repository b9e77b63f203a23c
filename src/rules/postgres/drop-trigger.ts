import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { list, named, namedList } from "../words.ts";

export const dropTrigger: Rule = ruleFor("drop-trigger", {
  id: "drop-trigger",
  summary: "a trigger goes that does something for the versions that serve",
  check(change, statement, context) {
    const { table, name } = change;
    const trigger = context.table(statement, table)?.triggers.find((candidate) => candidate.name === name);
    if (trigger === undefined || !context.existedBefore(statement, table)) return null;
    // Dropped to be made anew in the same transaction: nobody sees the gap.
    if (
      context
        .visibleAfter(statement)
        .relations.get(table)
        ?.triggers.some((candidate) => candidate.name === name) === true
    )
      return null;
    const assigns = [...((trigger.function === null ? undefined : statement.before.functions.get(trigger.function)?.assigns) ?? [])];
    const writes = context
      .versionWrites(table)
      .filter(({ serves, query, verb }) => serves === "now" && query.use === "certain" && verb !== "delete");
    const relying = writes.filter((write) => assigns.some((column) => !write.columns.includes(column)));
    const versions = [...new Set(relying.map(({ version }) => version))];
    const lost = assigns.filter((column) => relying.some((write) => !write.columns.includes(column)));
    return {
      severity: versions.length > 0 ? "warning" : "info",
      about: `${table}.${name}`,
      message:
        versions.length > 0
          ? `trigger ${named(name)} fills ${namedList(lost)} for ${list(versions)}, and goes`
          : `trigger ${named(name)} on ${named(table)} no longer runs`,
      label: "what it did, nobody does from here on",
      why:
        versions.length > 0
          ? `${list(versions)} ${versions.length === 1 ? "writes" : "write"} ${named(table)} without ${namedList(lost)}: rows that ${versions.length === 1 ? "it writes" : "they write"} until the last server is gone have no value there, or an old one, and nothing fails`
          : "the statement takes ACCESS EXCLUSIVE for a moment. Whatever the trigger checked, filled or recorded stays undone for every version from then on",
      help: `drop it when no version is left that leaves its work to it${versions.length > 0 ? ": in the release after the last server of these is gone" : ""}; to change it, CREATE OR REPLACE the function (or, from Postgres 14 on, the trigger) instead`,
      evidence: [
        ...relying.slice(0, 3).map((write) => ({
          kind: "query" as const,
          text: `${write.version}: ${write.query.origin}: its ${write.verb.toUpperCase()} names no ${namedList(lost)}`,
          from: "static" as const,
          value: { version: write.version, query: write.query.sql },
        })),
        ...context.evidence(statement, [table]),
      ],
      liveVersions: versions,
    };
  },
});
