import { effectOf, expected, flush, type ColumnIntent } from "./columns.ts";
import { passingCommand } from "./columns-sql.ts";
import { byName, found, list, METADATA, NO_WORK, RANK, rewriteOf, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups, type Family } from "./family.ts";
import { quoted, quotedName } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import type { Requirement, StepRole } from "../../model/clickhouse/cluster-plan.ts";
import { dropOutputs } from "./views.ts";

/**
 * Columns that are taken away: whoever sends values first, then the write side, then an empty queue everywhere, the read side, and the
 * table with the rows last.
 */
export function dropColumns(context: PlanContext, family: Family, intents: readonly ColumnIntent[]): readonly Draft[] {
  const columns = intents.flatMap(({ change }) => (change.kind === "drop-column" ? [change.column] : []));
  if (!mayGo(context, family, columns, intents)) return [];
  const drafts: Draft[] = [...dropOutputs(context, family, columns, intents)];
  const definitions = oldDefinitions(family.locals, columns);
  const distributed = [...family.read, ...family.write];
  const queues = context.inventory.over(family.base).map(({ host, table }) => ({ host, table: table.name }));
  const gone: readonly Requirement[] = [...byName(family.feeders)].map(([view, placed]) => ({
    kind: "no-view-names",
    hosts: placed.map(({ host }) => host),
    view,
    columns,
    because: "it would send values that its target no longer takes: they would be dropped silently",
  }));
  const passing = (placed: readonly Placed[], role: StepRole, rank: number, why: string, requires: readonly Requirement[]): void => {
    for (const [name, hosts] of byName(placed)) {
      const runs = runsOf(hostGroups(hosts, context.inventory), ({ hosts: [host] }) => {
        if (host === undefined) return null;
        const due = intents.filter(({ change }) => change.kind === "drop-column" && context.sim.columns(host, name)?.has(change.column));
        if (due.length === 0) return null;
        for (const { change } of due) context.sim.change(host, name, change);
        const commands = due.flatMap(({ change }) => passingCommand(change, () => true) ?? []);
        return { sql: `ALTER TABLE ${quoted(name)} ${commands.join(", ")}`, expects: due.flatMap(({ change }) => expected(name, change)) };
      });
      if (runs.length === 0) continue;
      drafts.push({
        rank,
        phase: "contract",
        role,
        object: name,
        action: { kind: "statement", runs },
        requires,
        effect: list(intents.map(({ change }) => effectOf(change))),
        why,
        undo: {
          kind: "statement",
          sql: `ALTER TABLE ${quoted(name)} ${oldDefinitions(hosts, columns)
            .map((one) => `ADD COLUMN ${one}`)
            .join(", ")}`,
          note: null,
        },
        work: METADATA,
        from: intents[0]?.from ?? null,
        recovery: [],
      });
    }
  };
  passing(
    family.buffers,
    "buffer",
    RANK.bufferContract,
    "ALTER flushes what it buffers; afterwards nothing with the column comes out of it",
    gone,
  );
  passing(
    family.write,
    "write",
    RANK.writeContract,
    "no view sends the column any more; inserts through it now leave it out, on every host",
    gone,
  );
  const first = flush(
    context,
    family,
    "rows queued with the column would block everything behind them once the shards lack it (measured: 118 of 118 rows stayed)",
  );
  if (first !== null) drafts.push(first);
  passing(family.read, "read", RANK.readContract, "readers stop seeing the column while the shards still have it", []);
  drafts.push(...waits(context, family, columns));
  const local = keeping(context, family, intents, columns, distributed, queues, definitions);
  if (local !== null) drafts.push(local);
  return drafts;
}

function keeping(
  context: PlanContext,
  family: Family,
  intents: readonly ColumnIntent[],
  columns: readonly string[],
  distributed: readonly Placed[],
  queues: readonly { readonly host: string; readonly table: string }[],
  definitions: readonly string[],
): Draft | null {
  const runs = runsOf(family.groups, ({ hosts }) => {
    const due = intents.filter(
      ({ change }) => change.kind === "drop-column" && hosts.some((host) => context.sim.columns(host, family.base)?.has(change.column)),
    );
    if (due.length === 0) return null;
    for (const { change } of due) for (const host of hosts) context.sim.change(host, family.base, change);
    return {
      sql: `ALTER TABLE ${quoted(family.base)} ${due.map(({ text }) => text).join(", ")}`,
      expects: due.flatMap(({ change }) => expected(family.base, change)),
    };
  });
  if (runs.length === 0) return null;
  const requires: Requirement[] = [...byName(distributed)].map(([table, placed]) => ({
    kind: "no-column-on",
    hosts: placed.map(({ host }) => host),
    table,
    columns,
    because: "an insert through it that names the column would fail with 16 on the shard",
  }));
  if (queues.length > 0)
    requires.push({
      kind: "queue-empty",
      queues,
      arriving: true,
      because: "queued rows that hold the column cannot be delivered to a shard without it, and block what is queued behind them",
    });
  const add = definitions.map((one) => `ADD COLUMN ${one}`).join(", ");
  return {
    rank: RANK.localContract,
    phase: "contract",
    role: "local",
    object: family.base,
    action: { kind: "statement", runs },
    requires,
    effect: `${list(intents.map(({ change }) => effectOf(change)))}: its values are deleted`,
    why: distributed.length === 0 ? "it holds the rows" : "nothing sends, queues, reads or names the column any more",
    undo: { kind: "forward-only", why: "the values are gone; the column can be added again, empty" },
    // Parts are linked anew and the column's files left out: proportional to the parts, not to the bytes.
    work: { ...rewriteOf(family.locals, 0), bytes: null },
    from: intents[0]?.from ?? null,
    recovery:
      queues.length === 0
        ? []
        : [
            `ALTER TABLE ${quoted(family.base)} ${add}`,
            ...[...new Set(queues.map(({ table }) => table))].map((table) => `SYSTEM FLUSH DISTRIBUTED ${quoted(table)}`),
            `ALTER TABLE ${quoted(family.base)} ${columns.map((column) => `DROP COLUMN ${quotedName(column)}`).join(", ")}`,
          ],
  };
}

export function waits(context: PlanContext, family: Family, columns: readonly string[], rank: number = RANK.wait): readonly Draft[] {
  const tables = [family.base, ...byName([...family.read, ...family.write, ...family.buffers]).keys()];
  const hosts = new Set([...family.locals, ...family.read, ...family.write].map(({ host }) => host));
  return [
    {
      rank,
      phase: "contract",
      role: "check",
      object: family.base,
      action: { kind: "wait-for-queries", hosts: context.inventory.hosts.filter((host) => hosts.has(host)), tables, columns },
      requires: [],
      effect: `waits until no query that is already running names ${list(columns)}`,
      why: "a query or insert that began earlier may still use the column",
      undo: { kind: "nothing" },
      work: NO_WORK,
      from: null,
      recovery: [],
    },
  ];
}

/** `name type DEFAULT …` as a table has them now, to add them again. */
function oldDefinitions(placed: readonly Placed[], columns: readonly string[]): readonly string[] {
  const table = placed[0]?.table;
  return columns.flatMap((name) => {
    const column = table?.columns.find((one) => one.name === name);
    if (column === undefined) return [];
    const value = column.defaultKind === "" ? "" : ` ${column.defaultKind} ${column.defaultExpression}`;
    return [`${quotedName(name)} ${column.type}${value}`];
  });
}

/** What the engine would refuse, and who still reads the columns: asked before anything is taken apart. */
function mayGo(context: PlanContext, family: Family, columns: readonly string[], intents: readonly ColumnIntent[]): boolean {
  const from = intents[0]?.from ?? null;
  let good = true;
  for (const { host } of family.locals) {
    const keyed = columns.filter((column) => context.sim.columns(host, family.base)?.get(column)?.inKey === true);
    if (keyed.length === 0) continue;
    found(
      context,
      {
        rule: "cannot-plan",
        severity: "error",
        message: `${list(keyed)} is part of a key of ${family.base}: the server refuses to drop it`,
        help: "a key changes by copying into a new table",
      },
      from,
    );
    return false;
  }
  const readers = new Map<string, { hosts: string[]; named: readonly string[]; kind: string }>();
  for (const { host, table } of family.readers) {
    const query = context.sim.query(host, table.name);
    const named = columns.filter((column) => {
      if (query !== null) return query.reads.some((read) => belongs(family, read.table) && read.columns.has(column));
      return table.columns.some(({ name }) => name === column) && table.kind === "dictionary";
    });
    if (named.length === 0 || handled(context, table.name)) continue;
    const known = readers.get(`${table.name} ${named.join()}`);
    if (known === undefined) readers.set(`${table.name} ${named.join()}`, { hosts: [host], named, kind: table.kind });
    else known.hosts.push(host);
  }
  for (const [key, { hosts, named, kind }] of readers) {
    const name = key.slice(0, key.indexOf(" "));
    good = false;
    found(
      context,
      {
        rule: "view-in-the-way",
        severity: "error",
        message: `${name} on ${list(hosts)} reads ${list(named)} of ${family.base}, and would fail without`,
        help:
          kind === "materialized-view"
            ? `add ALTER TABLE ${quoted(name)} MODIFY QUERY … without it to the migration, before the drop`
            : `replace ${name} in the migration, before the drop: CREATE OR REPLACE VIEW …`,
      },
      from,
    );
  }
  return good;
}

function belongs(family: Family, table: string): boolean {
  return table === family.base || [...family.read, ...family.write, ...family.buffers].some((one) => one.table.name === table);
}

/** The migration itself does something about it. */
function handled({ intents }: PlanContext, name: string): boolean {
  return intents.some(
    (intent) =>
      (intent.kind === "query" && intent.change.table === name) ||
      (intent.kind === "drop" && intent.change.name === name) ||
      (intent.kind === "create" && intent.change.table.name === name),
  );
}
