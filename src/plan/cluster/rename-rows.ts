import type { ClickHouseColumn } from "../../model/clickhouse/schema.ts";
import { expected } from "./columns.ts";
import { passingColumn } from "./columns-sql.ts";
import { METADATA, RANK, rewriteOf, runsOf, type Draft, type PlanContext } from "./context.ts";
import type { Family } from "./family.ts";
import { quoted, quotedName } from "./intents.ts";
import type { RenameIntent } from "./rename.ts";

/** Types whose values `IS NOT DISTINCT FROM` compares. */
const COMPARED =
  /^(?:(?:LowCardinality|Nullable)\()*(?:U?Int\d+|Float\d+|BFloat16|Decimal|String|FixedString|Date|Date32|DateTime|DateTime64|UUID|Enum|Enum8|Enum16|IPv4|IPv6|Bool)\b/;

/**
 * The table with the rows: the new column stands on its own, then the old one goes. The server refuses both in one ALTER (44, "depends on
 * it"), and an insert between them that names the old column would leave the new one at its default, without a word. So the first ALTER
 * forbids such inserts (469): they fail as they will from the second on.
 */
export function freeAndDrop(
  context: PlanContext,
  family: Family,
  { change, from }: RenameIntent,
  model: ClickHouseColumn,
): readonly Draft[] {
  const name = family.base;
  const [old, now] = [quotedName(change.column), quotedName(change.to)];
  const own = model.default?.expression?.sql;
  const drop = { ...change, kind: "drop-column", ifExists: false } as const;
  const due = family.groups.filter(({ hosts }) => hosts.some((host) => context.sim.columns(host, name)?.has(change.column)));
  if (due.length === 0) return [];
  const guard = quotedName(`tread_renamed_${change.column}`);
  const guarded = COMPARED.test(model.type.text) && model.default?.expression?.volatile !== true && !old2018(context, family);
  const free = own === undefined ? `MODIFY COLUMN ${now} REMOVE DEFAULT` : `MODIFY COLUMN ${now} DEFAULT ${own}`;
  const unnamed = `${old} IS NOT DISTINCT FROM ${own === undefined ? `defaultValueOfArgumentType(${old})` : `(${own})`}`;
  const freeing = runsOf(due, () => ({
    sql: `ALTER TABLE ${quoted(name)} ${free}${guarded ? `, ADD CONSTRAINT IF NOT EXISTS ${guard} CHECK ${unnamed}` : ""}`,
    expects: [{ kind: "untold", rerun: "again" }],
  }));
  const dropping = runsOf(due, ({ hosts }) => {
    for (const host of hosts) context.sim.change(host, name, drop);
    return {
      sql: `ALTER TABLE ${quoted(name)} ${guarded ? `DROP CONSTRAINT IF EXISTS ${guard}, ` : ""}DROP COLUMN ${old}`,
      expects: expected(name, drop),
    };
  });
  const base = { rank: RANK.localContract, phase: "contract", role: "local", object: name, requires: [], from, recovery: [] } as const;
  return [
    {
      ...base,
      action: { kind: "statement", runs: freeing },
      effect: `${change.to} no longer takes its value from ${change.column}${guarded ? `; an insert that still names ${change.column} fails (469) until it is gone` : ""}`,
      why: "nothing names the old column any more",
      undo: {
        kind: "statement",
        sql: `ALTER TABLE ${quoted(name)} ${guarded ? `DROP CONSTRAINT IF EXISTS ${guard}, ` : ""}MODIFY COLUMN ${now} DEFAULT ${old}`,
        note: null,
      },
      work: METADATA,
    },
    {
      ...base,
      action: { kind: "statement", runs: dropping },
      effect: `drops ${change.column}`,
      why: `${change.to} stands on its own`,
      undo: {
        kind: "forward-only",
        why: `the values of ${change.column} are gone; ${change.to} has them (to have both: ADD COLUMN ${passingColumn({ ...model, default: null })} DEFAULT ${now})`,
      },
      work: { ...rewriteOf(family.locals, 0), bytes: null },
    },
  ];
}

/** Servers without constraints (before 19.14), on which replication is tested. */
function old2018({ inventory }: PlanContext, family: Family): boolean {
  return inventory.topology.hosts.some(
    ({ name, reach }) =>
      family.locals.some(({ host }) => host === name) && reach.state === "reached" && Number.parseInt(reach.version, 10) < 20,
  );
}
