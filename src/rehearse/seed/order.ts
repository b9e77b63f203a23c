import type { Catalogue, ColumnInfo, ForeignKeyInfo, TableInfo } from "./catalogue.ts";
import type { SeedHints } from "./hints.ts";

export interface Link extends ForeignKeyInfo {
  /** Filled after both tables have rows: a reference to the table itself, or one that closes a cycle. */
  readonly late: boolean;
}

export interface OrderedTable {
  readonly table: TableInfo;
  readonly links: readonly Link[];
}

/**
 * Parents before children. A cycle is cut at a nullable reference where there is one; what is cut is filled afterwards. Only tables
 * without a parent are returned: partitions are filled with theirs.
 */
export function inOrder(catalogue: Catalogue, hints: SeedHints): OrderedTable[] {
  const tables = catalogue.tables.filter((table) => table.parent === null);
  const byOid = new Map(catalogue.tables.map((table) => [table.oid, table]));
  const links = new Map(tables.map((table) => [table.oid, dedupe([...table.foreignKeys, ...expected(catalogue, table, hints)])]));
  const root = (oid: number): number => {
    const parent = byOid.get(oid)?.parent ?? null;
    return parent === null ? oid : root(parent);
  };

  const ordered: OrderedTable[] = [];
  const placed = new Set<number>();
  const waiting = new Set(tables.map((table) => table.oid));
  const open = (oid: number, link: ForeignKeyInfo): boolean => {
    const target = root(link.references);
    return target !== oid && waiting.has(target) && !placed.has(target);
  };
  const place = (table: TableInfo): void => {
    const own = links.get(table.oid) ?? [];
    ordered.push({ table, links: own.map((link) => ({ ...link, late: root(link.references) === table.oid || open(table.oid, link) })) });
    placed.add(table.oid);
    waiting.delete(table.oid);
  };
  while (waiting.size > 0) {
    const rest = tables.filter((table) => waiting.has(table.oid));
    const ready = rest.filter((table) => !(links.get(table.oid) ?? []).some((link) => open(table.oid, link)));
    if (ready.length > 0) {
      ready.forEach(place);
      continue;
    }
    // A cycle: the table whose open references are all nullable goes first, else the one with the fewest.
    const cost = (table: TableInfo) => {
      const left = (links.get(table.oid) ?? []).filter((link) => open(table.oid, link));
      return left.filter((link) => !nullable(table, link)).length * 1000 + left.length;
    };
    const [cheapest] = [...rest].sort((a, b) => cost(a) - cost(b));
    if (cheapest !== undefined) place(cheapest);
  }
  return ordered;
}

/** At least one column may be NULL, which switches the whole reference off (MATCH SIMPLE). */
export function nullable(table: TableInfo, link: ForeignKeyInfo): boolean {
  return link.columns.some((name) => table.columns.some((column: ColumnInfo) => column.name === name && !column.notNull));
}

function expected(catalogue: Catalogue, table: TableInfo, hints: SeedHints): ForeignKeyInfo[] {
  return hints.foreignKeys.flatMap((hint) => {
    if (hint.table !== table.name) return [];
    const parent = catalogue.tables.find((t) => t.name === hint.references);
    const known = (t: TableInfo, columns: readonly string[]) =>
      columns.length > 0 && columns.every((name) => t.columns.some((c) => c.name === name));
    if (parent === undefined || !known(table, hint.columns) || !known(parent, hint.referencedColumns)) return [];
    return hint.columns.length === hint.referencedColumns.length
      ? [{ columns: hint.columns, references: parent.oid, referencedColumns: hint.referencedColumns }]
      : [];
  });
}

function dedupe(links: readonly ForeignKeyInfo[]): ForeignKeyInfo[] {
  const seen = new Set<string>();
  // References of several columns first: they decide what the columns that they share with others hold.
  return [...links]
    .sort((a, b) => b.columns.length - a.columns.length)
    .filter((link) => {
      const key = link.columns.join("\0");
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
