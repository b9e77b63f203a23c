import { addColumns, expected, flush, modifyColumns, type ColumnIntent } from "./columns.ts";
import { passingColumn } from "./columns-sql.ts";
import { byName, found, list, METADATA, NO_WORK, RANK, rewriteOf, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups, type Family } from "./family.ts";
import { quoted, quotedName } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import type { ClickHouseChangeOf } from "../../model/clickhouse/change.ts";
import type { ClickHouseColumn } from "../../model/clickhouse/schema.ts";
import { waits } from "./removal.ts";
import { freeAndDrop } from "./rename-rows.ts";
import { renameOutputs } from "./views.ts";
import type { StepRole } from "../../model/clickhouse/cluster-plan.ts";

type Rename = ClickHouseChangeOf<"rename-column">;
export type RenameIntent = ColumnIntent & { readonly change: Rename };

/**
 * RENAME COLUMN over several tables cannot happen in one instant, and whatever order is taken, a table would name a column that the
 * next one lacks. So the new name is added beside the old one and takes its values, and the old one is dropped as any column is.
 */
export function renameColumn(context: PlanContext, family: Family, intent: RenameIntent): readonly Draft[] {
  const { change, from } = intent;
  const alone = family.read.length + family.write.length + family.feeders.length + family.buffers.length === 0;
  if (alone) return modifyColumns(context, family, [intent]);
  const column = family.locals[0]?.table.columns.find(({ name }) => name === change.column);
  const model = context.state.tables.get(family.base)?.columns.find(({ name }) => name === change.column);
  if (column === undefined || model === undefined) {
    const there = family.locals.every(({ host }) => context.sim.columns(host, family.base)?.has(change.to) === true);
    found(
      context,
      there
        ? {
            rule: "already-so",
            severity: "info",
            message: `${family.base} has ${change.to} and no ${change.column}`,
            help: "nothing is run",
          }
        : { rule: "cannot-plan", severity: "error", message: `${family.base} has no column ${change.column}`, help: "check its name" },
      from,
    );
    return [];
  }
  if (column.inSortingKey || column.inPartitionKey) {
    found(
      context,
      {
        rule: "cannot-plan",
        severity: "error",
        message: `${change.column} is part of a key of ${family.base}: the server renames no such column`,
        help: "a key changes by copying into a new table",
      },
      from,
    );
    return [];
  }
  if (model.default !== null && model.default.kind !== "DEFAULT") {
    found(
      context,
      {
        rule: "cannot-plan",
        severity: "error",
        message: `${change.column} is ${model.default.kind}: it is computed, and holds nothing of its own to carry over`,
        help: `add ${change.to} with the same expression, then drop ${change.column}`,
      },
      from,
    );
    return [];
  }
  found(
    context,
    {
      rule: "name-ends",
      severity: "warning",
      message: `who still inserts or selects ${change.column} through the tables of ${family.base} fails (16, 47) as soon as they drop it: both names exist only while this plan is walked`,
      help: `to keep both for a while: add ${change.to} in one migration (DEFAULT ${change.column}), let every reader and writer go over, and drop ${change.column} in a later one`,
    },
    from,
  );
  const add = addition(intent, model);
  const drafts: Draft[] = [...addColumns(context, family, [add])];
  drafts.push(...settle(context, family, intent));
  drafts.push(...renameOutputs(context, family, change.column, change.to, from));
  const drop = (placed: readonly Placed[], role: StepRole, rank: number, why: string): void => {
    for (const [name, hosts] of byName(placed)) {
      drafts.push(...replaced(context, name, hosts, intent, model, role, rank, why));
    }
  };
  drop(family.buffers, "buffer", RANK.bufferContract, "ALTER flushes what it buffers");
  drop(family.write, "write", RANK.writeContract, "no view sends the old name any more");
  const empty = flush(context, family, `rows queued with ${change.column} must arrive while the shards still have it`);
  if (empty !== null) drafts.push(empty);
  drop(family.read, "read", RANK.readContract, `readers of ${change.column} must have gone over to ${change.to} by now`);
  drafts.push(...waits(context, family, [change.column]));
  const queues = context.inventory.over(family.base).map(({ host, table }) => ({ host, table: table.name }));
  const requires: Draft["requires"] =
    queues.length === 0
      ? []
      : [
          {
            kind: "queue-empty",
            queues,
            arriving: true,
            because: `queued rows that hold ${change.column} could not be delivered any more`,
          },
        ];
  const again = [
    `ALTER TABLE ${quoted(family.base)} ADD COLUMN ${passingColumn(model)}`,
    ...[...new Set(queues.map(({ table }) => table))].map((table) => `SYSTEM FLUSH DISTRIBUTED ${quoted(table)}`),
    `ALTER TABLE ${quoted(family.base)} DROP COLUMN ${quotedName(change.column)}`,
  ];
  drafts.push(
    ...freeAndDrop(context, family, intent, model).map((one) => ({ ...one, requires, recovery: queues.length === 0 ? [] : again })),
  );
  return drafts;
}

/** `ADD COLUMN new T DEFAULT old AFTER old`: rows of old writers get the value, wherever their insert enters. */
function addition({ change, from, cluster }: RenameIntent, model: ClickHouseColumn): ColumnIntent {
  const expression = {
    sql: quotedName(change.column),
    columns: [change.column],
    functions: [],
    tables: [],
    constant: null,
    volatile: false,
    tree: null,
  };
  const column: ClickHouseColumn = { ...model, name: change.to, default: { kind: "DEFAULT", expression }, since: null };
  const codec =
    model.codec === null
      ? ""
      : ` CODEC(${model.codec.map(({ name, args }) => (args.length === 0 ? name : `${name}(${args.join(", ")})`)).join(", ")})`;
  return {
    kind: "column",
    from,
    cluster,
    change: {
      kind: "add-column",
      span: change.span,
      cluster: null,
      table: change.table,
      column,
      typed: true,
      ifNotExists: false,
      position: { after: change.column },
    },
    text: `ADD COLUMN ${passingColumn(column)}${codec} AFTER ${quotedName(change.column)}`,
  };
}

/** Old parts take the values over, and nothing is taken away before every part has them. */
function settle(context: PlanContext, family: Family, { change, from }: RenameIntent): readonly Draft[] {
  const share = 2 / Math.max(1, family.locals[0]?.table.columns.length ?? 1);
  const command = `MATERIALIZE COLUMN ${quotedName(change.to)}`;
  return [
    ...waits(context, family, [change.column], RANK.fill).map((one): Draft => ({
      ...one,
      phase: "expand",
      effect: "waits until inserts that began before the new column existed have ended",
      why: `a part of such an insert would come after the values are taken over, without ${change.to}`,
    })),
    {
      rank: RANK.fill,
      phase: "change",
      role: "local",
      object: family.base,
      action: {
        kind: "statement",
        runs: runsOf(family.groups, () => ({
          sql: `ALTER TABLE ${quoted(family.base)} ${command}`,
          expects: [{ kind: "mutation", table: family.base, command }],
        })),
      },
      requires: [],
      effect: `writes ${change.to} into the parts that were there before`,
      why: `as long as a part lacks it, its value is ${change.column}, which is going`,
      undo: { kind: "kill-mutation", table: family.base },
      work: rewriteOf(family.locals, share),
      from,
      recovery: [],
    },
    {
      rank: RANK.fill,
      phase: "change",
      role: "check",
      object: family.base,
      action: { kind: "parts-hold", hosts: family.locals.map(({ host }) => host), table: family.base, column: change.to },
      requires: [],
      effect: `checks that every active part holds ${change.to}`,
      why: "nothing is taken away before",
      undo: { kind: "nothing" },
      work: NO_WORK,
      from,
      recovery: [],
    },
  ];
}

/**
 * On a table that passes rows on, in one ALTER: between two, an insert that names the old column would leave the new one at its default.
 * Such a table keeps no values, so both columns may go, and the new one is added where the old one stood (tried on Distributed and Buffer).
 */
function replaced(
  context: PlanContext,
  name: string,
  placed: readonly Placed[],
  { change, from }: RenameIntent,
  model: ClickHouseColumn,
  role: StepRole,
  rank: number,
  why: string,
): readonly Draft[] {
  const [old, now] = [quotedName(change.column), quotedName(change.to)];
  const renamed = passingColumn({ ...model, name: change.to });
  const drop = { ...change, kind: "drop-column", ifExists: false } as const;
  const due = placed.filter(({ host }) => context.sim.columns(host, name)?.has(change.column));
  if (due.length === 0) return [];
  const runs = runsOf(hostGroups(due, context.inventory), ({ hosts }) => {
    const columns = due.find(({ host }) => hosts.includes(host))?.table.columns ?? [];
    const before = columns[columns.findIndex((one) => one.name === change.column) - 1];
    const place = before === undefined ? " FIRST" : ` AFTER ${quotedName(before.name)}`;
    for (const host of hosts) context.sim.change(host, name, drop);
    return {
      sql: `ALTER TABLE ${quoted(name)} DROP COLUMN ${now}, DROP COLUMN ${old}, ADD COLUMN ${renamed}${place}`,
      expects: [...expected(name, drop), { kind: "column", table: name, column: change.to, type: null, defaultKind: null }],
    };
  });
  return [
    {
      rank,
      phase: "contract",
      role,
      object: name,
      action: { kind: "statement", runs },
      requires: [],
      effect: `${change.to} stands on its own, in the place of ${change.column}`,
      why: `${why}; in one statement, so that no insert falls between`,
      undo: {
        kind: "statement",
        sql: `ALTER TABLE ${quoted(name)} ADD COLUMN ${passingColumn(model)}, MODIFY COLUMN ${now} DEFAULT ${old}`,
        note: null,
      },
      work: METADATA,
      from,
      recovery: [],
    },
  ];
}

export function isRename(intent: ColumnIntent): intent is RenameIntent {
  return intent.change.kind === "rename-column";
}

/** For a finding: who reads the old name is not for the plan to tell, but `tread check` is. */
export function renameNote(context: PlanContext, family: Family, { change, from }: RenameIntent): void {
  if (family.readers.length === 0) return;
  const naming = family.readers.filter(({ host, table }) =>
    context.sim.query(host, table.name)?.reads.some((read) => read.columns.has(change.column)),
  );
  if (naming.length === 0) return;
  found(
    context,
    {
      rule: "view-in-the-way",
      severity: "error",
      message: `${list(naming.map(({ table }) => table.name))} read ${change.column} of ${family.base}`,
      help: `change them to ${change.to} in the migration first`,
    },
    from,
  );
}
