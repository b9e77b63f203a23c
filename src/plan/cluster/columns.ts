import { keepingCommand, passingCommand } from "./columns-sql.ts";
import { byName, found, list, METADATA, NO_WORK, RANK, rewriteOf, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups, type Family, type ShardGroup } from "./family.ts";
import type { ColumnChange, Intent } from "./intents.ts";
import { quoted, quotedName } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import type { Expectation, Requirement, StepRole } from "../../model/clickhouse/cluster-plan.ts";

export type ColumnIntent = Intent & { readonly kind: "column" };
type Phase = Draft["phase"];

/** One ALTER for all columns of one table: its metadata changes as a whole, and replicas are asked to agree once. */
interface TableWork {
  readonly name: string;
  readonly groups: readonly ShardGroup[];
  readonly role: StepRole;
  readonly rank: number;
  /** It keeps rows itself. */
  readonly keeps: boolean;
  readonly requires: readonly Requirement[];
  readonly why: string;
  readonly effectOf: (effect: string) => string;
}

/** Columns that are added: the table with the rows first, then who reads it, then who writes to it. */
export function addColumns(context: PlanContext, family: Family, intents: readonly ColumnIntent[]): readonly Draft[] {
  const columns = intents.flatMap(({ change }) => (change.kind === "add-column" ? [change.column.name] : []));
  endsHere(context, family, columns, intents);
  return inOrder(context, family, intents, "expand", (placed, over) => [
    over === family.base
      ? {
          kind: "column-on",
          hosts: behind(context, family, placed),
          table: family.base,
          columns,
          because: "a Distributed table that has a column which a shard lacks fails its inserts with 16 and `SELECT *` with 47",
        }
      : {
          kind: "column-on",
          hosts: placed.map(({ host }) => host),
          table: over,
          columns,
          because: "a Buffer leaves out what the table behind it lacks when it flushes, and says so in the server's log only",
        },
  ]);
}

/** A Null table keeps nothing: what its views do not select is gone. */
function endsHere(
  { sim, findings, intents: all }: PlanContext,
  family: Family,
  columns: readonly string[],
  intents: readonly ColumnIntent[],
): void {
  if (family.locals.some(({ table }) => table.engine !== "Null")) return;
  const from = intents[0]?.from ?? null;
  for (const [view, placed] of byName(family.readers)) {
    if (all.some((one) => one.kind === "query" && one.change.table === view)) continue;
    const target = placed[0]?.table.target ?? null;
    const lacking = columns.filter((column) =>
      placed.some(({ host }) => !(sim.query(host, view)?.reads.some((read) => read.columns.has(column)) ?? true)),
    );
    // A change of its target brings the view along.
    const carried = (column: string): boolean =>
      all.some(
        (one) =>
          one.kind === "column" &&
          one.change.kind === "add-column" &&
          one.change.column.name === column &&
          one.change.table !== family.base,
      );
    const left = lacking.filter((column) => !carried(column));
    if (target === null || left.length === 0) continue;
    findings.push({
      rule: "view-does-not-carry",
      severity: "info",
      message: `${list(left)} of ${family.base} ends there: ${view} does not select it, and ${family.base} keeps no rows`,
      help: `if it should arrive: ALTER TABLE ${quoted(target)} ADD COLUMN … in the same migration; the view then carries it on`,
      migration: from?.migration ?? null,
      statement: from?.statement ?? null,
    });
  }
}

/** Columns that change in place: type, default, comment, codec. */
export function modifyColumns(context: PlanContext, family: Family, intents: readonly ColumnIntent[]): readonly Draft[] {
  return inOrder(context, family, intents, "change", () => []);
}

function inOrder(
  context: PlanContext,
  family: Family,
  intents: readonly ColumnIntent[],
  phase: Phase,
  requires: (placed: readonly Placed[], over: string) => readonly Requirement[],
): readonly Draft[] {
  const drafts: Draft[] = [];
  const add = (work: TableWork): void => {
    const draft = alter(context, family, work, intents, phase);
    if (draft !== null) drafts.push(draft);
  };
  const passesAllOn = family.locals.length > 0 && family.locals.every(({ table }) => table.engine === "Null") && family.readers.length > 0;
  add({
    name: family.base,
    groups: family.groups,
    role: "local",
    rank: passesAllOn && phase === "expand" ? RANK.source : RANK.local,
    keeps: true,
    requires: [],
    why: passesAllOn
      ? "it keeps no rows: everything behind it has been changed, and its views follow. What is inserted into the column before they select it is gone: begin to send it when the plan is done"
      : family.read.length + family.write.length === 0
        ? "it holds the rows"
        : "it holds the rows: every shard before anything that reads or writes it",
    effectOf: (effect) => effect,
  });
  const bufferWhy = "the table behind it has the column: what is buffered is flushed and written with it";
  const passing: readonly (readonly [readonly Placed[], StepRole, number, string])[] = [
    [family.buffers.filter((one) => overOf(context, one) === family.base), "buffer", RANK.buffer, bufferWhy],
    [family.read, "read", RANK.read, "every shard that it reads has been changed"],
    [family.write, "write", RANK.write, "every shard that it writes to has been changed, and so have the tables that read"],
    [family.buffers.filter((one) => overOf(context, one) !== family.base), "buffer", RANK.bufferOver, bufferWhy],
  ];
  for (const [placed, role, rank, why] of passing)
    for (const [name, hosts] of byName(placed))
      add({
        name,
        groups: hostGroups(hosts, context.inventory),
        role,
        rank,
        keeps: false,
        requires: requires(hosts, role === "buffer" ? (hosts.map((one) => overOf(context, one))[0] ?? family.base) : family.base),
        why: `${why}; replication does not carry it, so every host is changed by itself`,
        effectOf: (effect) => effect,
      });
  return drafts;
}

/** The table that a Buffer flushes into: that with the rows, or a Distributed table over it. */
function overOf({ state }: PlanContext, { table }: Placed): string | null {
  return state.tables.get(table.name)?.forwards?.table ?? null;
}

/** Hosts whose tables stand behind a Distributed table, as far as they were read. */
export function behind({ inventory }: PlanContext, family: Family, placed: readonly Placed[]): readonly string[] {
  const reached = new Set<string>();
  for (const { table } of placed)
    for (const host of inventory.clusterHosts(table.distributed?.clusterResolved ?? "") ?? family.locals.map((one) => one.host))
      reached.add(host);
  return family.locals.map(({ host }) => host).filter((host) => reached.has(host));
}

function alter(context: PlanContext, family: Family, work: TableWork, intents: readonly ColumnIntent[], phase: Phase): Draft | null {
  const { sim } = context;
  const settled: string[] = [];
  const without: string[] = [];
  const runs = runsOf(work.groups, ({ hosts }) => {
    const [host] = hosts;
    if (host === undefined) return null;
    const commands: string[] = [];
    const expects: Expectation[] = [];
    for (const { change, text, from } of intents) {
      // Replicas may differ where one was down: what one of them lacks, replication brings, or the walk asks for again.
      const states = hosts.map((one) => standing(context, one, work.name, change));
      const odd = states.find((state) => state.kind === "differs");
      if (odd?.kind === "differs") {
        found(context, { rule: "definitions-differ", severity: "error", message: odd.message, help: odd.help }, from);
        continue;
      }
      if (states.every(({ kind }) => kind === "so")) {
        const lacks =
          change.kind !== "add-column" && change.kind !== "drop-column" && sim.columns(host, work.name)?.has(change.column) === false;
        (lacks ? without : settled).push(host);
        continue;
      }
      const has = (column: string): boolean => hosts.every((one) => sim.columns(one, work.name)?.has(column) === true);
      const command = work.keeps ? keepingCommand(change, text, has) : passingCommand(change, has);
      if (command === null) continue;
      commands.push(command);
      expects.push(...expected(work.name, change));
      for (const one of hosts) sim.change(one, work.name, change);
    }
    return commands.length === 0 ? null : { sql: `ALTER TABLE ${quoted(work.name)} ${commands.join(", ")}`, expects };
  });
  if (settled.length > 0)
    found(
      context,
      { rule: "already-so", severity: "info", message: `${work.name} is so already on ${list(settled)}`, help: "nothing is run there" },
      intents[0]?.from ?? null,
    );
  if (without.length > 0)
    found(
      context,
      {
        rule: "already-so",
        severity: "info",
        message: `${work.name} on ${list(without)} does not have the column`,
        help: "nothing is run there; add the column there if it is meant to pass it on",
      },
      intents[0]?.from ?? null,
    );
  if (runs.length === 0) return null;
  const rewriting = work.keeps && intents.some(({ change }) => rewrites(change));
  const share = 1 / Math.max(1, family.locals[0]?.table.columns.length ?? 1);
  return {
    rank: work.rank,
    phase,
    role: work.role,
    object: work.name,
    action: { kind: "statement", runs },
    requires: work.requires,
    effect: work.effectOf(list(intents.map(({ change }) => effectOf(change)))),
    why: work.why,
    undo: undoOf(work, intents, context),
    work: rewriting ? rewriteOf(family.locals, share * intents.length) : METADATA,
    from: intents[0]?.from ?? null,
    recovery: [],
  };
}

type Standing = { readonly kind: "so" | "due" } | { readonly kind: "differs"; readonly message: string; readonly help: string };

function standing({ sim }: PlanContext, host: string, table: string, change: ColumnChange): Standing {
  const columns = sim.columns(host, table);
  if (columns === null) return { kind: "due" };
  switch (change.kind) {
    case "add-column": {
      const there = columns.get(change.column.name);
      if (there === undefined) return { kind: "due" };
      if (change.column.typeKnown && there.type !== change.column.type.text)
        return {
          kind: "differs",
          message: `${table} on ${host} has ${change.column.name} already, as ${there.type} and not as ${change.column.type.text}`,
          help: "bring the two in line first: MODIFY COLUMN where the values fit, or another name",
        };
      return { kind: "so" };
    }
    case "drop-column":
      return { kind: columns.has(change.column) ? "due" : "so" };
    case "modify-column": {
      const there = columns.get(change.column);
      const typeOnly =
        change.type !== null && change.default === null && change.codec === null && change.ttl === null && change.comment === null;
      return { kind: there === undefined || (typeOnly && there.type === change.type?.text) ? "so" : "due" };
    }
    default:
      return { kind: columns.has(change.column) ? "due" : "so" };
  }
}

export function expected(table: string, change: ColumnChange): readonly Expectation[] {
  switch (change.kind) {
    case "add-column": {
      const { name, type, typeKnown, default: value } = change.column;
      return [{ kind: "column", table, column: name, type: typeKnown ? type.text : null, defaultKind: value?.kind ?? null }];
    }
    case "drop-column":
      return [{ kind: "no-column", table, column: change.column }];
    case "rename-column":
      return [
        { kind: "no-column", table, column: change.column },
        { kind: "column", table, column: change.to, type: null, defaultKind: null },
      ];
    case "modify-column": {
      const now: Expectation = {
        kind: "column",
        table,
        column: change.column,
        type: change.type?.text ?? null,
        defaultKind: change.default?.kind ?? null,
      };
      // The catalogue says less than the statement: it is run again rather than believed.
      const more =
        change.default !== null || change.codec !== null || change.ttl !== null || change.comment !== null || change.type === null;
      return more ? [now, { kind: "untold", rerun: "again" }] : [now];
    }
    default:
      return [{ kind: "untold", rerun: "again" }];
  }
}

function rewrites(change: ColumnChange): boolean {
  return change.kind === "modify-column" && (change.type !== null || change.addEnumValues !== null);
}

export function effectOf(change: ColumnChange): string {
  switch (change.kind) {
    case "add-column":
      return `adds ${change.column.name} ${change.column.typeKnown ? change.column.type.text : ""}`.trim();
    case "drop-column":
      return `drops ${change.column}`;
    case "rename-column":
      return `renames ${change.column} to ${change.to}`;
    case "modify-column":
      return change.type === null ? `changes ${change.column}` : `makes ${change.column} ${change.type.text}`;
    case "comment-column":
      return `comments ${change.column}`;
    case "remove-column-property":
      return `takes ${change.property} from ${change.column}`;
    case "modify-column-setting":
    case "reset-column-setting":
      return `changes settings of ${change.column}`;
    default:
      return change satisfies never;
  }
}

function undoOf({ name: table, keeps, groups }: TableWork, intents: readonly ColumnIntent[], { inventory }: PlanContext): Draft["undo"] {
  const added = intents.flatMap(({ change }) => (change.kind === "add-column" ? [change.column.name] : []));
  if (added.length === intents.length)
    return {
      kind: "statement",
      sql: `ALTER TABLE ${quoted(table)} ${added.map((name) => `DROP COLUMN ${name}`).join(", ")}`,
      note: "takes values with it that have been written since",
    };
  if (!intents.some(({ change }) => rewrites(change))) return { kind: "forward-only", why: "what was there before is not kept" };
  if (keeps) return { kind: "kill-mutation", table };
  const columns = inventory.at(groups[0]?.hosts[0] ?? "", table)?.columns ?? [];
  const before = intents.flatMap(({ change }) =>
    change.kind === "modify-column" ? columns.filter(({ name }) => name === change.column) : [],
  );
  if (before.length > 0)
    return {
      kind: "statement",
      sql: `ALTER TABLE ${quoted(table)} ${before.map(({ name, type }) => `MODIFY COLUMN ${quotedName(name)} ${type}`).join(", ")}`,
      note: null,
    };
  return { kind: "forward-only", why: "what was there before is not kept" };
}

/** SYSTEM FLUSH DISTRIBUTED wherever a Distributed table stands over the family's rows. */
export function flush(context: PlanContext, family: Family, why: string, rank: number = RANK.flush): Draft | null {
  const queues = context.inventory.over(family.base).map(({ host, table }) => ({ host, table: table.name }));
  if (queues.length === 0) return null;
  const sources = family.feeders.flatMap(({ table }) => context.inventory.query(table)?.source ?? []);
  const arriving = [...new Set([...queues.map(({ table }) => table), ...byName(family.buffers).keys(), ...sources])].toSorted();
  return {
    rank,
    phase: "contract",
    role: "check",
    object: family.base,
    action: { kind: "flush", queues, arriving },
    requires: [],
    effect: "waits for inserts that began earlier, sends what lies in queues, and checks that nothing failed",
    why,
    undo: { kind: "nothing" },
    work: NO_WORK,
    from: null,
    recovery: [],
  };
}
