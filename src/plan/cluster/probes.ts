import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { Probe } from "../../model/clickhouse/topology.ts";
import { found, list, NO_WORK, RANK, type Draft, type PlanContext } from "./context.ts";
import { groupsOf } from "./family.ts";
import type { Inventory } from "./inventory.ts";

/** Above this many rows of a host nothing is deleted or updated to clean up after a probe. */
const LARGE = 1_000_000;
const PROBE_MARK = "{probe_id}";

/**
 * A row through each chain that the steps change, where the cluster file says how and only there. Before an undo window, because what it
 * tells may be a reason to go back; else at the end.
 */
export function withProbes(context: PlanContext, drafts: readonly Draft[]): readonly Draft[] {
  const { inventory } = context;
  const changed = new Set(drafts.flatMap(({ object, action }) => (object !== null && action.kind === "statement" ? [object] : [])));
  const families = new Set(
    inventory.topology.declared.flatMap(({ name, family }) => (family !== null && changed.has(name) ? [family] : [])),
  );
  const probes = inventory.topology.probes.filter(({ family }) => families.has(family)).flatMap((probe) => probeStep(context, probe) ?? []);
  const window = drafts.findIndex(({ action }) => action.kind === "undo-window");
  return window === -1 ? [...drafts, ...probes] : [...drafts.slice(0, window), ...probes, ...drafts.slice(window)];
}

function probeStep(context: PlanContext, probe: Probe): Draft | null {
  const { inventory } = context;
  const reaches = reachedFrom(inventory, probe.into);
  const own = new Set(inventory.topology.declared.flatMap(({ name, family }) => (family === probe.family ? [name] : [])));
  const stores = reaches.filter((name) => inventory.placed(name).some(({ table }) => table.engine.endsWith("MergeTree")));
  const arrival = stores.find((name) => own.has(name)) ?? stores[0];
  const trouble = troubleOf(inventory, probe, arrival);
  if (trouble !== null || arrival === undefined) {
    found(
      context,
      {
        rule: "no-probe",
        severity: "warning",
        message: `no probe is sent through ${probe.family}: ${trouble ?? `nothing that keeps rows is reached from ${probe.into}`}`,
        help: "correct it in the cluster file; without it what is verified is only read",
      },
      null,
    );
    return null;
  }
  return {
    rank: RANK.drop,
    phase: "change",
    role: "check",
    object: probe.into,
    action: {
      kind: "send-probe",
      hosts: inventory.placed(probe.into).map(({ host }) => host),
      probe,
      arrival,
      groups: groupsOf(inventory.placed(arrival), inventory).map(({ hosts }) => hosts),
      reaches,
    },
    requires: [],
    effect: `sends one row with ${probe.reserved.column} = ${probe.reserved.value}, which reaches ${list(reaches)}, and waits until ${arrival} has it once`,
    why: "the cluster file describes it for this chain; nothing else is ever inserted to test something",
    undo: { kind: "nothing" },
    work: NO_WORK,
    from: null,
    recovery: probe.cleanUp,
  };
}

/** What a row that is inserted into a table reaches, on any host, in the order of its way. */
function reachedFrom(inventory: Inventory, into: string): readonly string[] {
  const found = new Set<string>([into]);
  for (const name of found)
    for (const { host, table } of inventory.placed(name)) {
      if (table.distributed !== null) found.add(table.distributed.over);
      for (const reader of inventory.readers(host, name)) {
        if (reader.kind !== "materialized-view" || inventory.query(reader)?.source !== name) continue;
        found.add(reader.name);
        if (reader.target !== null) found.add(reader.target);
      }
    }
  return [...found];
}

function troubleOf(inventory: Inventory, probe: Probe, arrival: string | undefined): string | null {
  const { into, row, reserved, cleanUp } = probe;
  if (inventory.placed(into).length === 0) return `no host holds ${into}`;
  const marked = Object.entries(row).flatMap(([column, value]) =>
    typeof value === "string" && value.includes(PROBE_MARK) ? [column] : [],
  );
  if (marked.length === 0) return `no value of its row holds ${PROBE_MARK}, so it could not be told from another one`;
  const own = row[reserved.column];
  if ((typeof own !== "string" && typeof own !== "number") || String(own) !== String(reserved.value))
    return `its row does not have ${reserved.column} = ${reserved.value}, which is reserved for it`;
  const columns = new Set(
    arrival === undefined ? [] : inventory.placed(arrival).flatMap(({ table }) => table.columns.map(({ name }) => name)),
  );
  if (!columns.has(reserved.column) || !marked.some((column) => columns.has(column)))
    return `${arrival ?? "what it reaches"} has not the columns ${list([reserved.column, ...marked])} by which it would be found`;
  for (const sql of cleanUp) {
    const large = mutated(sql).find((name) => inventory.placed(name).some(({ table }) => table.rows === null || table.rows > LARGE));
    if (large !== undefined) return `its clean-up is a mutation of ${large}, which holds more than ${LARGE} rows or does not tell: ${sql}`;
  }
  return null;
}

/** `database.table` of what statements delete from or update. */
function mutated(sql: string): readonly string[] {
  return parseScript(sql).flatMap(({ statement }) => {
    const deletes =
      statement.kind === "delete" ||
      statement.kind === "update" ||
      (statement.kind === "alter-table" && statement.commands.some(({ kind }) => kind === "delete" || kind === "update"));
    return deletes ? [`${statement.name.database?.text ?? ""}.${statement.name.name.text}`] : [];
  });
}
