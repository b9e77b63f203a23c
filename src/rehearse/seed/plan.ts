import { quoteIdentifier } from "../../text/quote.ts";
import type { Catalogue, ColumnInfo, TableInfo } from "./catalogue.ts";
import { type ColumnDemand, demandsOf } from "./checks.ts";
import { columnMaker, domainChecks, domainNotNull, likeProfile, type Style } from "./columns.ts";
import type { SeedHints } from "./hints.ts";
import { type Link, nullable, type OrderedTable } from "./order.ts";
import type { LeafDemand } from "./partitions.ts";
import type { TableTarget } from "./sizes.ts";

/** How to make rows of one table (or of one leaf of a partitioned one). */
export interface TablePlan {
  readonly columns: readonly string[];
  /** SQL that gives rows `first` to `last`, with the columns in order; `unfiltered` leaves the checks out. */
  readonly rows: (first: number, last: number) => string;
  /** Rows that can exist at most, because a unique constraint has only so many combinations. */
  readonly most: number;
  /** Plain ON CONFLICT is not for tables with deferrable constraints. */
  readonly skipConflicts: boolean;
  readonly filtered: boolean;
}

export interface PlanContext {
  readonly catalogue: Catalogue;
  readonly hints: SeedHints;
  /** Rows that each table holds by now, by oid. */
  readonly rows: ReadonlyMap<number, number>;
  readonly scattered?: boolean;
}

/** Parents beyond this number are not referenced, which keeps the join small. */
const PARENTS = 20_000;
const N = `g."tread n"`;
/** The same numbers in another order: an odd factor permutes each block of 65,536. */
const SCATTERED = `((${N} >> 16 << 16) | ((${N} * 40503) & 65535))`;

/**
 * @param table the table or leaf to insert into
 * @returns the plan, or why no row can be made
 */
export function planTable(
  context: PlanContext,
  ordered: OrderedTable,
  table: TableInfo,
  target: TableTarget,
  leaf: readonly LeafDemand[],
  style: Style,
): TablePlan | string {
  const { catalogue, hints } = context;
  const checks = [
    ...table.checks.map((check) => check.expression),
    ...hints.checks.filter((h) => h.table === ordered.table.name).map((h) => h.expression),
  ];
  const demands = checks.flatMap(demandsOf);
  const uniques = uniqueSets(ordered.table, table, hints);
  const links = ordered.links.filter((link) => !link.late);
  const assigned = new Map<string, { readonly link: number; readonly size: number }>();
  const joins: string[] = [];
  const expressions = new Map<string, string>();
  const sizes: number[] = [];

  for (const [index, link] of links.entries()) {
    const parent = catalogue.tables.find((t) => t.oid === link.references);
    const available = parent === undefined ? 0 : (context.rows.get(parent.oid) ?? 0);
    if (parent === undefined || available === 0) {
      if (!nullable(ordered.table, link)) return `it references ${parent?.name ?? "a table"} which has no rows`;
      sizes.push(0);
      continue;
    }
    const unique = uniques.some((set) => set.every((column) => link.columns.includes(column)));
    const size = unique ? available : Math.min(available, PARENTS);
    sizes.push(size);
    const shared = link.columns.filter((column) => assigned.has(column));
    if (shared.length === link.columns.length) continue;
    for (const column of link.columns) if (!assigned.has(column)) assigned.set(column, { link: index, size });
    joins.push(joinSql(parent, link, index, size, shared, expressions));
    for (const [i, column] of link.columns.entries()) {
      if (!expressions.has(column)) expressions.set(column, `p${index}.k${i}`);
    }
  }

  const columns: ColumnInfo[] = [];
  const makers = new Map<string, { sql: (n: string) => string; distinct: number }>();
  for (const [position, column] of ordered.table.columns.entries()) {
    if (column.generated) continue;
    if (expressions.has(column.name)) {
      columns.push(column);
      continue;
    }
    const lateNull = ordered.links.some((link) => link.late && link.columns.includes(column.name)) && !column.notNull;
    if (lateNull) continue;
    const maker = columnMaker(catalogue, column, {
      demands: demandsFor(catalogue, column, demands),
      leaf: [...leaf].reverse().find((demand) => demand.column === column.name) ?? null,
      scale: target.scale?.columns.find((scale) => scale.column === column.name) ?? null,
      style,
      unique: uniques.some((set) => set.includes(column.name)),
      position,
      futureType: hints.types.get(`${ordered.table.name}.${column.name}`) ?? null,
      rows: target.rows,
    });
    if (maker === null) {
      if (column.notNull && column.default === null && !column.identity) {
        return `tread knows no value for ${column.name} (${catalogue.types.get(column.type)?.name ?? "unknown type"})`;
      }
      continue;
    }
    const wish = {
      demands: [],
      leaf: null,
      scale: target.scale?.columns.find((scale) => scale.column === column.name) ?? null,
      style,
      unique: uniques.some((set) => set.includes(column.name)) || leaf.some((demand) => demand.column === column.name),
      position,
      futureType: null,
      rows: target.rows,
    };
    makers.set(column.name, likeProfile(maker, column, wish));
    columns.push(column);
  }

  const { indexes, most } = spread(uniques, makers, assigned, sizes, target.rows);
  for (const [name, maker] of makers) {
    const column = columns.find((candidate) => candidate.name === name);
    expressions.set(
      name,
      maker.sql(indexes.get(`c:${name}`) ?? (context.scattered === true && !comesInOrder(catalogue, column) ? SCATTERED : N)),
    );
  }
  const select = columns.map((column) => `${expressions.get(column.name) ?? "NULL"} AS ${quoteIdentifier(column.name)}`);
  const from = joins.map((join) => join.replaceAll(/\{index (\d+)\}/g, (_, link: string) => indexes.get(`l:${link}`) ?? `(${N} * 7919)`));
  const generated = ordered.table.columns.filter((column) => column.generated);
  const conditions = [
    ...checks,
    ...columns.flatMap((column) => domainChecks(catalogue, column)),
    ...columns
      .filter((column) => column.notNull || domainNotNull(catalogue, column))
      .filter((column) => assigned.has(column.name))
      .map((column) => `${quoteIdentifier(column.name)} IS NOT NULL`),
  ].filter((condition) => !generated.some((column) => condition.includes(column.name)));
  const missing = ordered.table.columns.filter((column) => !columns.includes(column) && !column.generated);
  const list = columns.map((column) => quoteIdentifier(column.name)).join(", ");
  // Columns that are left out must still exist where a check names them.
  const nulls = missing.map((column) => `NULL::${catalogue.types.get(column.type)?.name ?? "text"} AS ${quoteIdentifier(column.name)}`);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map((condition) => `(${condition}) IS NOT FALSE`).join(" AND ")}`;
  return {
    columns: columns.map((column) => column.name),
    most,
    filtered: conditions.length > 0,
    skipConflicts: !ordered.table.uniques.some((unique) => unique.deferrable) && !table.uniques.some((unique) => unique.deferrable),
    rows: (first, last) =>
      `SELECT ${list} FROM (SELECT ${[...select, ...nulls].join(", ")} FROM generate_series(${first}::bigint, ${last}::bigint) AS g("tread n") ${from.join(" ")}) AS r${where}`,
  };
}

/** Keys from a sequence and times of creation grow with the table; everything else is in no order. */
function comesInOrder(catalogue: Catalogue, column: ColumnInfo | undefined): boolean {
  if (column === undefined || column.identity || /\bnextval\(/.test(column.default ?? "")) return true;
  return /^(?:date|timestamp)/.test(catalogue.types.get(column.type)?.bare ?? "");
}

function joinSql(
  parent: TableInfo,
  link: Link,
  index: number,
  size: number,
  shared: readonly string[],
  expressions: ReadonlyMap<string, string>,
): string {
  const keys = link.referencedColumns.map((column, i) => `${quoteIdentifier(column)} AS k${i}`).join(", ");
  const notNull = link.referencedColumns.map((column) => `${quoteIdentifier(column)} IS NOT NULL`).join(" AND ");
  const alias = `p${index}`;
  if (shared.length === 0) {
    const numbered = `SELECT row_number() OVER () - 1 AS rn, ${keys} FROM ${parent.sql} WHERE ${notNull} LIMIT ${size}`;
    return `LEFT JOIN (${numbered}) ${alias} ON ${alias}.rn = ({index ${index}}) % ${size}`;
  }
  // The reference shares columns with another one: choose among the parents that agree with it, twenty of them at most.
  const on = shared.map((column) => link.columns.indexOf(column));
  const group = on.map((i) => quoteIdentifier(link.referencedColumns[i] ?? "")).join(", ");
  const numbered = `SELECT *, least(20, total) AS size FROM (SELECT row_number() OVER w - 1 AS rn, count(*) OVER (PARTITION BY ${group}) AS total, ${keys} FROM ${parent.sql} WHERE ${notNull} WINDOW w AS (PARTITION BY ${group})) q WHERE rn < 20`;
  const equal = on.map((i, at) => `${alias}.k${i} = ${expressions.get(shared[at] ?? "") ?? "NULL"}`);
  return `LEFT JOIN (${numbered}) ${alias} ON ${equal.join(" AND ")} AND ${alias}.rn = (${N} * 31) % ${alias}.size`;
}

/** Sets of columns whose combination must not repeat, as far as plain columns say it. */
function uniqueSets(root: TableInfo, table: TableInfo, hints: SeedHints): string[][] {
  const sets = [...root.uniques, ...(table === root ? [] : table.uniques)]
    .filter((unique) => !unique.partial && !unique.exclusion)
    .map((unique) => unique.columns.filter((column) => column !== null))
    .filter((set, i, all) => set.length > 0 && all.indexOf(set) === i);
  const exclusions = root.uniques.filter((unique) => unique.exclusion).map((unique) => unique.columns.filter((column) => column !== null));
  return [...sets, ...hints.uniques.filter((hint) => hint.table === root.name).map((hint) => [...hint.columns]), ...exclusions];
}

/**
 * Where every column of a unique set has only so many values (references, booleans, enums), they count like the digits of one number, so
 * that no combination comes twice. Returns the index expression of each digit and how many rows fit.
 */
function spread(
  uniques: readonly (readonly string[])[],
  makers: ReadonlyMap<string, { readonly distinct: number }>,
  assigned: ReadonlyMap<string, { readonly link: number; readonly size: number }>,
  sizes: readonly number[],
  rows: number,
): { readonly indexes: Map<string, string>; readonly most: number } {
  const indexes = new Map<string, string>();
  let most = Infinity;
  for (const set of uniques) {
    const digits = new Map<string, number>();
    let free = false;
    for (const column of set) {
      const link = assigned.get(column);
      const maker = makers.get(column);
      if (link !== undefined) digits.set(`l:${link.link}`, sizes[link.link] ?? 1);
      else if (maker === undefined) free = true;
      else if (maker.distinct >= rows * 2 && maker.distinct > 1e6) free = true;
      else digits.set(`c:${column}`, maker.distinct);
    }
    if (free || digits.size === 0) continue;
    let below = 1;
    // Digits that an earlier set has fixed keep their place: the others count above them.
    for (const [key, size] of [...digits].sort((a, b) => Number(indexes.has(b[0])) - Number(indexes.has(a[0])))) {
      if (!indexes.has(key)) indexes.set(key, below === 1 ? `(${N} - 1)` : `((${N} - 1) / ${below})`);
      below *= Math.max(1, size);
    }
    most = Math.min(most, below);
  }
  return { indexes, most };
}

function demandsFor(catalogue: Catalogue, column: ColumnInfo, demands: readonly ColumnDemand[]): ColumnDemand[] {
  const own = demands.filter((demand) => demand.column === column.name);
  return [
    ...own,
    ...domainChecks(catalogue, column)
      .flatMap(demandsOf)
      .filter((demand) => demand.column === column.name),
  ];
}
