import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { stagedUsageOf } from "./usage.ts";
import { named, namedList, sqlTable } from "./words.ts";
import { ruledOut } from "./untold.ts";

export const rowsDropped: ClickHouseRule = clickHouseRuleFor(["drop-table", "truncate", "drop-database", "truncate-database"], {
  id: "rows-dropped",
  summary: "a table or database with rows is dropped or emptied",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const whole = change.kind === "drop-database" || change.kind === "truncate-database";
    const names = whole
      ? [...statement.before.tables.values()]
          .filter(({ database, engine }) => database === change.name && engine !== null)
          .map(({ name }) => name)
      : [change.name];
    const old = names.filter(
      (name) => context.existedBefore(statement, name) && (statement.before.tables.has(name) || !statement.before.complete),
    );
    // A view, a dictionary and what only forwards hold no rows of their own; a view's inner table does.
    const held = old.filter((name) => {
      const table = statement.before.tables.get(name);
      return (
        table === undefined ||
        (table.kind === "table" && table.forwards === null && !/^(?:Kafka|Null|RabbitMQ|NATS|Merge)$/.test(table.engine?.family ?? "")) ||
        table.inner
      );
    });
    if (held.length === 0) return null;
    if (ruledOut(statement, context)) return null;
    if (change.kind === "drop-table" && change.ifEmpty) return null;
    const usage = stagedUsageOf(statement, change, context, whole ? "what is in it" : "the table");
    const sync = change.kind !== "truncate" && change.kind !== "truncate-database" && change.sync;
    const drops = change.kind === "drop-table" || change.kind === "drop-database";
    const inner = held.length === 1 && statement.before.tables.get(held[0] ?? "")?.inner === true;
    return {
      severity: usage.severity,
      about: names.join(","),
      message: `${drops ? "dropping" : "emptying"} ${whole ? `database ${named(change.name)} with ${namedList(held.slice(0, 4))}` : named(change.name)}${inner ? ", a view that keeps its rows in an inner table" : ""}${sync ? " with SYNC: there is no UNDROP" : ""}`,
      label: drops && !sync ? "UNDROP brings it back for 480 s" : "the rows are gone for good",
      why: `${usage.sentence} ${drops ? (sync ? "SYNC removes the files at once; without it UNDROP TABLE works for 480 s (database_atomic_delay_before_drop_table_sec)." : "UNDROP TABLE works for 480 s (database_atomic_delay_before_drop_table_sec), then the files go.") : "TRUNCATE has no way back."}`,
      help:
        usage.help ??
        `\`RENAME TABLE ${sqlTable(held[0] ?? "")} TO ${sqlTable(`${held[0] ?? ""}_deprecated`)}\` in one release, ${drops ? "DROP without SYNC" : "the TRUNCATE"} in a later one, when nothing has asked for it meanwhile; or DETACH PARTITION, which can be attached again`,
      evidence: [...usage.evidence, ...held.slice(0, 2).map((name) => context.sizeEvidence(name))],
      liveVersions: usage.liveVersions,
      supersedes: usage.breaks ? ["breaks-live-version"] : [],
      covers: context.silents(statement),
    };
  },
});
