import type { ClickHouseEngine, RawClickHouseStatement } from "../../engines/clickhouse/engine.ts";
import type { ClickHouseTree } from "../../engines/clickhouse/read.ts";
import { applyClickHouse, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseChange, ClickHouseChangeOf } from "../../model/clickhouse/change.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Migration, Step } from "../../model/migration.ts";
import type { PlanFinding, StepOrigin } from "../../model/clickhouse/cluster-plan.ts";

export type ColumnChange = ClickHouseChangeOf<
  | "add-column"
  | "drop-column"
  | "rename-column"
  | "modify-column"
  | "comment-column"
  | "remove-column-property"
  | "modify-column-setting"
  | "reset-column-setting"
>;

/** What one statement, or one command of an ALTER, wants of the cluster as a whole. */
export type Intent = { readonly from: StepOrigin; readonly cluster: string | null } & (
  | { readonly kind: "column"; readonly change: ColumnChange; /** The command without ALTER TABLE. */ readonly text: string }
  | { readonly kind: "query"; readonly change: ClickHouseChangeOf<"modify-query">; readonly sql: string; readonly database: string }
  | { readonly kind: "create"; readonly change: ClickHouseChangeOf<"create-table">; readonly sql: string; readonly database: string }
  | { readonly kind: "drop"; readonly change: ClickHouseChangeOf<"drop-table"> }
  /** The table anew with another key. */
  | { readonly kind: "key"; readonly table: string; readonly sorting: string | null; readonly partition: string | null }
  /** Belongs to the table that holds the rows: an index, a TTL, a mutation. */
  | { readonly kind: "local"; readonly change: ClickHouseChange; readonly table: string; readonly text: string; readonly mutation: boolean }
  /** Once per host, wherever the tables it names are. */
  | { readonly kind: "host"; readonly change: ClickHouseChange; readonly sql: string; readonly tables: readonly string[] }
);

export interface ReadIntents {
  readonly intents: readonly Intent[];
  readonly findings: readonly PlanFinding[];
}

/** What pending migrations want, in their order. What cannot be walked is a finding, never left out. */
export function readIntents(
  engine: ClickHouseEngine,
  migrations: readonly Migration[],
  start: ClickHouseState,
  database: string,
): ReadIntents {
  const intents: Intent[] = [];
  const findings: PlanFinding[] = [];
  let state = start;
  for (const migration of migrations) {
    state = withFreshSession(state);
    let index = 0;
    for (const step of migration.steps) {
      if (step.kind !== "sql") {
        findings.push(refused(migration, index, step.kind === "opaque" ? step.reason : "it is code, and only its own tool runs it"));
        index += 1;
        continue;
      }
      for (const raw of engine.read(step)) {
        const changes = raw.tree === null ? [] : engine.changes(raw, state, { database });
        const origin = { migration: migration.id, statement: index, file: raw.span.file, line: raw.span.line };
        readOne({ migration, step, raw, changes, origin, database: state.session.database ?? database }, intents, findings);
        for (const change of changes) state = applyClickHouse(change, state, { migration: migration.id });
        index += 1;
      }
    }
  }
  return { intents, findings };
}

interface One {
  readonly migration: Migration;
  readonly step: Step;
  readonly raw: RawClickHouseStatement;
  readonly changes: readonly ClickHouseChange[];
  readonly origin: StepOrigin;
  readonly database: string;
}

function readOne(one: One, intents: Intent[], findings: PlanFinding[]): void {
  const { raw, changes, origin, migration, database } = one;
  const reason = raw.syntaxError?.message ?? raw.opaque;
  if (reason !== null || raw.tree === null) {
    findings.push(refused(migration, origin.statement, reason ?? "it was not understood"));
    return;
  }
  const { parsed, script } = raw.tree as ClickHouseTree;
  const { statement } = parsed;
  const clusterAt = "onCluster" in statement && statement.onCluster !== null ? statement.onCluster.at : null;
  const cluster = changes[0]?.cluster ?? null;
  if (cluster !== null) findings.push(stripped(migration, origin.statement, cluster));
  const whole =
    clusterAt === null
      ? parsed.text
      : `${script.slice(parsed.at.start, clusterAt.start).trimEnd()} ${script.slice(clusterAt.end, parsed.at.end).trimStart()}`.trimEnd();
  const commands = statement.kind === "alter-table" ? statement.commands : [];
  const textOf = (at: number): string => {
    const command = commands[at];
    return command === undefined ? whole : script.slice(command.at.start, command.at.end);
  };
  changes.forEach((change, at) => {
    const added = changes.flatMap((one) => (one.kind === "add-column" ? [one.column.name] : []));
    const intent = isOwnKey(change, added) ? keyIntent(change) : intentOf(change, textOf(at), whole, database);
    if (intent === null) return;
    if ("refused" in intent) findings.push(refused(migration, origin.statement, intent.refused, intent.help));
    else intents.push({ ...intent, from: origin, cluster });
  });
}

/** A key of columns that are there: the server refuses it, and the table has to be made anew. One that takes added columns is its own thing. */
function isOwnKey(change: ClickHouseChange, added: readonly string[]): change is ClickHouseChangeOf<"modify-order-by"> {
  return (
    change.kind === "modify-order-by" && !change.orderBy.some(({ expression }) => expression.columns.some((name) => added.includes(name)))
  );
}

function keyIntent({ table, orderBy }: ClickHouseChangeOf<"modify-order-by">): Body {
  const sorting = `(${orderBy.map(({ expression, descending }) => `${expression.sql}${descending ? " DESC" : ""}`).join(", ")})`;
  return { kind: "key", table, sorting, partition: null };
}

type Body<I = Intent> = I extends Intent ? Omit<I, "from" | "cluster"> : never;

function intentOf(
  change: ClickHouseChange,
  text: string,
  whole: string,
  database: string,
): Body | { readonly refused: string; readonly help?: string } | null {
  switch (change.kind) {
    case "add-column":
    case "drop-column":
    case "rename-column":
    case "modify-column":
    case "comment-column":
    case "remove-column-property":
    case "modify-column-setting":
    case "reset-column-setting":
      return { kind: "column", change, text };
    case "modify-query":
      return { kind: "query", change, sql: change.select.sql, database };
    case "create-table":
      if (change.table.temporary === true) return { refused: "a temporary table lives in one session only" };
      if (change.populate)
        return {
          refused: "POPULATE misses the rows that are inserted while it runs",
          help: "create the view without it, then fill the target with a bounded INSERT … SELECT",
        };
      if (change.fill !== null && !change.empty)
        return {
          refused: "CREATE TABLE … AS SELECT fills the table on every host with what that host sees",
          help: "create it empty, then fill it",
        };
      return { kind: "create", change, sql: whole, database };
    case "drop-table":
      return change.temporary ? { refused: "a temporary table lives in one session only" } : { kind: "drop", change };
    case "clear-column":
    case "materialize-column":
    case "materialize-ttl":
    case "materialize-index":
    case "materialize-projection":
    case "clear-index":
    case "clear-projection":
    case "alter-update":
    case "alter-delete":
    case "apply-deleted-mask":
    case "apply-patches":
    case "rewrite-parts":
    case "lightweight-delete":
    case "lightweight-update":
      return { kind: "local", change, table: change.table, text: change.kind.startsWith("lightweight") ? whole : text, mutation: true };
    case "modify-order-by":
      return {
        refused: "MODIFY ORDER BY with a column that the same ALTER adds: on a cluster the column has to come first",
        help: "add the column in one migration; MODIFY ORDER BY in the next one makes the table anew (docs/cluster-walk.md)",
      };
    case "modify-sample-by":
    case "remove-sample-by":
    case "modify-ttl":
    case "remove-ttl":
    case "modify-setting":
    case "reset-setting":
    case "add-index":
    case "drop-index":
    case "add-projection":
    case "drop-projection":
    case "add-constraint":
    case "modify-constraint":
    case "drop-constraint":
    case "statistics":
    case "partition":
      return { kind: "local", change, table: change.table, text, mutation: false };
    case "optimize":
      return { kind: "local", change, table: change.table, text: whole, mutation: false };
    case "modify-table-comment":
    case "modify-refresh":
    case "modify-sql-security":
      return { kind: "host", change, sql: `ALTER TABLE ${quoted(change.table)} ${text}`, tables: [change.table] };
    case "truncate":
      return { kind: "local", change, table: change.name, text: whole, mutation: false };
    case "rename-table":
      return { kind: "host", change, sql: whole, tables: [change.name] };
    case "exchange-tables":
      return { kind: "host", change, sql: whole, tables: [change.name, change.with] };
    case "detach-table":
    case "attach-table":
    case "undrop-table":
      return { kind: "host", change, sql: whole, tables: [change.name] };
    case "create-database":
    case "drop-database":
    case "alter-database":
    case "create-function":
    case "drop-function":
      return { kind: "host", change, sql: whole, tables: [] };
    case "system":
      return change.command.startsWith("RELOAD DICTIONARY") && change.table !== null
        ? { kind: "host", change, sql: whole, tables: [change.table] }
        : {
            refused: `SYSTEM ${change.command} is an operation, not a change of the schema`,
            help: "run it by hand, or leave it to the walk, which flushes and waits by itself",
          };
    case "read":
    case "use":
    case "set":
      return null;
    case "insert":
      return {
        refused: "an INSERT cannot be told from the catalogue after an interruption, and on every host it would insert as often",
        help: "fill the table with a backfill of its own, by partition and with a watermark",
      };
    case "create-named-collection":
    case "alter-named-collection":
    case "drop-named-collection":
      return { refused: "a named collection holds secrets, which no plan may hold", help: "set it up in the servers' configuration" };
    case "object":
      return {
        refused: `${change.action} ${change.class}: access rights are kept per host or in Keeper, and are no part of a walk`,
        help: "give them by hand, or in users.xml",
      };
    case "detach-database":
    case "attach-database":
    case "rename-database":
    case "truncate-database":
    case "kill":
    case "backup":
    case "restore":
      return { refused: `${change.kind.replace("-", " ")} is no change that a walk can make safely`, help: "run it by hand, host by host" };
    case "opaque":
      return { refused: change.reason };
    default:
      return change satisfies never;
  }
}

export function quoted(key: string): string {
  const dot = key.indexOf(".");
  return dot === -1 ? quotedName(key) : `${quotedName(key.slice(0, dot))}.${quotedName(key.slice(dot + 1))}`;
}

export function quotedName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function refused(migration: Migration, statement: number, reason: string, help?: string): PlanFinding {
  return {
    rule: "cannot-plan",
    severity: "error",
    message: `${migration.id}, statement ${statement + 1}: ${reason}`,
    help: help ?? "take it out of this migration, or run it by hand",
    migration: migration.id,
    statement,
  };
}

function stripped(migration: Migration, statement: number, cluster: string): PlanFinding {
  return {
    rule: "on-cluster",
    severity: "info",
    message: `${migration.id}, statement ${statement + 1}: ON CLUSTER ${cluster} is left out; every host of it is asked and changed by itself`,
    help: "the queue of distributed DDL times out half applied (159), and carries a statement to hosts without the table",
    migration: migration.id,
    statement,
  };
}
