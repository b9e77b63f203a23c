import { hasElement, viewFingerprint, viewQueryOf } from "../../engines/clickhouse/graph/view-query.ts";
import type { Expectation, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import { literal, pairs, type WalkHost } from "./host.ts";

/** A table as a host's catalogue has it at this moment. */
export interface TableNow {
  readonly engine: string;
  readonly uuid: string;
  readonly create: string;
  /** Empty on the old server. */
  readonly sortingKey: string;
  readonly partitionKey: string;
  readonly columns: ReadonlyMap<string, { readonly type: string; readonly defaultKind: string }>;
}

/** @returns tables by name; one that is not in it does not exist there. @throws HostTrouble */
export async function readTables(host: WalkHost, names: Iterable<string>): Promise<ReadonlyMap<string, TableNow>> {
  const wanted = [...new Set(names)];
  if (wanted.length === 0) return new Map();
  const list = pairs(wanted);
  const uuid = host.dialect === "old" ? "''" : "toString(uuid)";
  const keys = host.dialect === "old" ? "'' AS sorting, '' AS partition" : "sorting_key AS sorting, partition_key AS partition";
  const tables = await host.rows<{ full: string; engine: string; uuid: string; create: string; sorting: string; partition: string }>(
    `SELECT concat(database, '.', name) AS full, engine, ${uuid} AS uuid, create_table_query AS create, ${keys} FROM system.tables WHERE (database, name) IN (${list})`,
  );
  const columns = await host.rows<{ full: string; name: string; type: string; kind: string }>(
    `SELECT concat(database, '.', table) AS full, name, type, default_kind AS kind FROM system.columns WHERE (database, table) IN (${list})`,
  );
  return new Map(
    tables.map(({ full, engine, uuid: id, create, sorting, partition }) => [
      full,
      {
        engine,
        uuid: id,
        create,
        sortingKey: sorting,
        partitionKey: partition,
        columns: new Map(columns.filter((one) => one.full === full).map((one) => [one.name, { type: one.type, defaultKind: one.kind }])),
      },
    ]),
  );
}

export interface Asked {
  /** `yes`: the catalogue shows it. `no`: it does not. `untold`: it cannot, and a second run does no harm. `once`: it cannot, and must not run twice. */
  readonly answer: "yes" | "no" | "untold" | "once";
  /** Of `no`: what is different. */
  readonly difference: string | null;
}

/** Whether a host shows that a statement was applied. @param since mutations count from this moment of the server's clock on @throws HostTrouble */
export async function isApplied(host: WalkHost, run: Pick<StepRun, "expects">, since: string | null): Promise<Asked> {
  const tables = await readTables(
    host,
    run.expects.flatMap((one) => ("table" in one ? [one.table] : "view" in one ? [one.view] : [])),
  );
  let untold: Asked["answer"] | null = null;
  for (const one of run.expects) {
    if (one.kind === "untold") {
      untold = one.rerun === "once" ? "once" : "untold";
      continue;
    }
    const difference = await differs(host, one, tables, since);
    if (difference !== null) return { answer: "no", difference };
  }
  return { answer: untold ?? "yes", difference: null };
}

async function differs(
  host: WalkHost,
  one: Exclude<Expectation, { kind: "untold" }>,
  tables: ReadonlyMap<string, TableNow>,
  since: string | null,
): Promise<string | null> {
  switch (one.kind) {
    case "column": {
      const table = tables.get(one.table);
      if (table === undefined) return `${one.table} does not exist`;
      const column = table.columns.get(one.column);
      if (column === undefined) return `${one.table} lacks ${one.column}`;
      if (one.type !== null && column.type !== one.type) return `${one.column} is ${column.type} and not ${one.type}`;
      if (one.defaultKind !== null && column.defaultKind !== one.defaultKind)
        return `${one.column} is ${column.defaultKind === "" ? "a plain column" : column.defaultKind} and not ${one.defaultKind}`;
      return null;
    }
    case "no-column":
      return tables.get(one.table)?.columns.has(one.column) === true ? `${one.table} still has ${one.column}` : null;
    case "table": {
      const table = tables.get(one.table);
      if (table === undefined) return `${one.table} does not exist`;
      return one.engine !== null && table.engine !== one.engine ? `${one.table} is ${table.engine} and not ${one.engine}` : null;
    }
    case "no-table":
      return tables.has(one.table) ? `${one.table} still exists` : null;
    case "database": {
      const found = await host.rows<{ name: string }>(`SELECT name FROM system.databases WHERE name = ${literal(one.database)}`);
      return found.length > 0 === one.present ? null : `the database ${one.database} ${one.present ? "does not exist" : "still exists"}`;
    }
    case "function": {
      const found = await host.rows<{ name: string }>(`SELECT name FROM system.functions WHERE name = ${literal(one.name)}`);
      return found.length > 0 === one.present ? null : `the function ${one.name} ${one.present ? "does not exist" : "still exists"}`;
    }
    case "query": {
      const table = tables.get(one.view);
      if (table === undefined) return `${one.view} does not exist`;
      const query = viewQueryOf(table.create, one.view.slice(0, one.view.indexOf(".")));
      if (query === null) return `the query of ${one.view} could not be read`;
      if (one.fingerprint !== "" && viewFingerprint(query) === one.fingerprint) return null;
      const same = JSON.stringify(query.outputs) === JSON.stringify(one.outputs);
      return one.fingerprint === "" && same ? null : `${one.view} has another query`;
    }
    case "index":
    case "projection":
    case "constraint": {
      const create = tables.get(one.table)?.create ?? "";
      return hasElement(create, one.kind.toUpperCase(), one.name) === one.present
        ? null
        : `${one.table} ${one.present ? "lacks" : "still has"} the ${one.kind} ${one.name}`;
    }
    case "mutation": {
      const state = await mutationOf(host, one.table, one.command, since);
      return state === null ? `no such mutation of ${one.table}` : null;
    }
    case "key": {
      const table = tables.get(one.table);
      if (table === undefined) return `${one.table} does not exist`;
      return hasKeys(table, one) === one.is
        ? null
        : `${one.table} is sorted by ${table.sortingKey} and partitioned by ${table.partitionKey}`;
    }
    case "uuid":
      return tables.get(one.table)?.uuid === one.uuid ? null : `${one.table} is another table`;
    default:
      return one satisfies never;
  }
}

export function hasKeys(table: TableNow, keys: { readonly sortingKey: string; readonly partitionKey: string }): boolean {
  return table.sortingKey === keys.sortingKey && table.partitionKey === keys.partitionKey;
}

/** Outputs of a view after MODIFY QUERY, where the server has written the query in its own way. */
export async function outputsOf(host: WalkHost, view: string): Promise<readonly string[] | null> {
  const table = (await readTables(host, [view])).get(view);
  return table === undefined ? null : (viewQueryOf(table.create, view.slice(0, view.indexOf(".")))?.outputs ?? null);
}

export interface MutationNow {
  readonly id: string;
  readonly done: boolean;
  readonly partsToDo: number;
  readonly failedPart: string;
  readonly failure: string;
}

/** The newest mutation with this text since a moment. Null: there is none. */
async function mutationOf(host: WalkHost, table: string, command: string, since: string | null): Promise<string | null> {
  const rows = await host.rows<{ id: string; command: string }>(
    `SELECT mutation_id AS id, command FROM system.mutations WHERE (database, table) IN (${pairs([table])})${
      since === null ? "" : ` AND create_time >= toDateTime(${literal(since)})`
    } ORDER BY create_time DESC`,
  );
  const wanted = squeezed(await formatted(host, command));
  return rows.find((row) => squeezed(row.command) === wanted)?.id ?? null;
}

/** The command as the server itself would write it: `a = 1` of an UPDATE gets other blanks and parentheses. */
async function formatted(host: WalkHost, command: string): Promise<string> {
  if (host.dialect === "old") return command;
  const rows = await host
    .rows<{ text: string }>(`SELECT formatQuerySingleLine(${literal(`ALTER TABLE t ${command}`)}) AS text`)
    .catch(() => []);
  return rows[0]?.text.replace(/^ALTER TABLE t\s+/, "") ?? command;
}

function squeezed(text: string): string {
  return text.replaceAll(/[\s`()]/g, "").toLowerCase();
}

/** Mutations of a table that are not done. */
export async function unfinished(host: WalkHost, tables: Iterable<string>): Promise<readonly (MutationNow & { readonly table: string })[]> {
  const old = host.dialect === "old";
  const rows = await host.rows<{ full: string; id: string; todo: number | string; part: string; reason: string }>(
    `SELECT concat(database, '.', table) AS full, mutation_id AS id, parts_to_do AS todo, ${old ? "''" : "latest_failed_part"} AS part, ${old ? "''" : "latest_fail_reason"} AS reason FROM system.mutations WHERE NOT is_done AND (database, table) IN (${pairs(tables)})`,
  );
  return rows.map(({ full: table, id, todo, part, reason }) => ({
    table,
    id,
    done: false,
    partsToDo: Number(todo),
    failedPart: part,
    failure: reason,
  }));
}

/** The server's clock, as its own functions read it. */
export async function clockOf(host: WalkHost): Promise<string> {
  const [row] = await host.rows<{ now: string }>("SELECT toString(now()) AS now");
  return row?.now ?? "";
}
