import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, namedList, sqlTable } from "../words.ts";

export const disableTrigger: Rule = {
  id: "disable-trigger",
  summary: "triggers are switched off, with ALL also those that check foreign keys",
  database: "postgres",
  kinds: ["alter-table-other", "set"],
  check(statement, context) {
    return [...disabled(statement, context), ...asReplica(statement, context)];
  },
};

function disabled(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  return changesOf(statement, "alter-table-other").flatMap(({ table, action, named: trigger }): readonly Hazard[] => {
    if (!action.startsWith("DISABLE TRIGGER") || !context.existedBefore(statement, table)) return [];
    const all = action === "DISABLE TRIGGER ALL";
    const keys = all ? foreignKeys(statement, table) : [];
    const later = context.laterInTransaction(statement);
    const enabled = later.findIndex((other) =>
      changesOf(other, "alter-table-other").some(
        (change) => change.table === table && change.action.startsWith("ENABLE") && change.action.includes("TRIGGER"),
      ),
    );
    const again = enabled !== -1;
    // Others wait meanwhile, so nothing goes unchecked where this transaction writes nothing to the table either.
    const written = !again || later.slice(0, enabled).some((other) => writesTo(other, context, table));
    const which = all ? "all triggers" : action === "DISABLE TRIGGER USER" ? "all triggers of its own" : `trigger ${named(trigger ?? "…")}`;
    return [
      {
        severity: keys.length > 0 && written ? "warning" : "info",
        about: table,
        message:
          keys.length > 0
            ? `${which} on ${named(table)} are switched off, and with them ${keys.length === 1 ? "the foreign key" : "the foreign keys"} ${namedList(keys)}`
            : `${which} on ${named(table)} ${trigger === undefined || all ? "are" : "is"} switched off`,
        label: again ? "until the transaction switches them on again" : "for everybody, until somebody switches them on again",
        why:
          keys.length > 0
            ? `a row may now refer to one that is not there. Nothing checks it afterwards: ENABLE TRIGGER looks at no row, and the key is still called valid${again ? ". Others wait until the transaction ends, so only what this migration writes itself goes unchecked" : ""}`
            : `what they check, fill and record is left undone${again ? " for what this transaction writes" : " for every version that serves"}; ENABLE TRIGGER catches up with nothing`,
        help:
          keys.length > 0
            ? `\`ALTER TABLE ${sqlTable(table)} DISABLE TRIGGER USER;\` leaves foreign keys alone; or load the rows in an order that fits them, or make the keys DEFERRABLE and \`SET CONSTRAINTS ALL DEFERRED;\`. Afterwards look for orphans, or drop the key and add it NOT VALID and validated`
            : "enable them in the same transaction, and do for the rows of the meantime what they would have done",
        evidence: context.evidence(statement, [table]),
      },
    ];
  });
}

function writesTo(statement: JudgedStatement, context: RuleContext, table: string): boolean {
  const inSql = statement.statement.changes.some((change) => change.kind === "write" && change.table === table);
  return (
    inSql ||
    statement.statement.opaque !== null ||
    context.accesses(statement).some((access) => access.verb !== "select" && access.table === table)
  );
}

/** `session_replication_role = replica` switches them off for the session, on every table. */
function asReplica(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  const set = changesOf(statement, "set").find(({ setting, value }) => setting === "session_replication_role" && value === "replica");
  if (set === undefined) return [];
  const later = context.siblings(statement).slice(context.siblings(statement).indexOf(statement) + 1);
  const written = later.flatMap((other) => [
    ...changesOf(other, "write").map(({ table }) => table),
    ...changesOf(other, "truncate").flatMap(({ names }) => names),
  ]);
  const tables = [...new Set(written)].filter((table) => foreignKeys(statement, table).length > 0);
  return [
    {
      severity: tables.length > 0 ? "warning" : "info",
      message: `triggers and foreign keys are off for what this session writes${tables.length > 0 ? `: ${namedList(tables)} can hold rows that refer to nothing` : ""}`,
      label: "nothing checks those rows afterwards",
      why: "foreign keys are triggers, and with session_replication_role = replica only those run that are marked for replicas. The keys are still called valid, so that a join or a delete meets the orphans later",
      help: "load the rows in an order that fits the keys; or make the keys DEFERRABLE and `SET CONSTRAINTS ALL DEFERRED;` for the transaction; only a superuser may set it at all",
      evidence: [],
    },
  ];
}

/** Keys of the table, and keys of others that point to it: both are checked by triggers on it. */
function foreignKeys(statement: JudgedStatement, table: string): readonly string[] {
  const own = statement.before.relations.get(table)?.constraints.filter(({ kind }) => kind === "foreign-key") ?? [];
  const others = [...statement.before.relations.values()].flatMap((relation) =>
    relation.name === table ? [] : relation.constraints.filter(({ references }) => references?.relation === table),
  );
  return [...own, ...others].map(({ name }) => name);
}
