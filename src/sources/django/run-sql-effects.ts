import type { Catalog } from "./schema/catalog.ts";

const NAME = String.raw`(?:"?\w+"?\.)?"?(\w+)"?`;
const CONSTRAINT = new RegExp(
  String.raw`ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?${NAME}\s+ADD\s+CONSTRAINT\s+"?(\w+)"?\s+(FOREIGN\s+KEY|UNIQUE|PRIMARY\s+KEY)\s*\(([^)]*)\)(?:\s*REFERENCES\s+${NAME}\s*(?:\(\s*"?(\w+)"?)?)?`,
  "gi",
);
const DROPPED = new RegExp(
  String.raw`ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?${NAME}\s+DROP\s+CONSTRAINT\s+(?:IF\s+EXISTS\s+)?"?(\w+)"?`,
  "gi",
);
const INDEX = new RegExp(
  String.raw`CREATE\s+(UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?\s+ON\s+(?:ONLY\s+)?${NAME}\s*(?:USING\s+(\w+)\s*)?\(([^()]*)\)`,
  "gi",
);
const INDEX_DROPPED = /DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?(?:"?\w+"?\.)?"?(\w+)"?/gi;

/**
 * What a project's own SQL does to the constraints and indexes that Django later looks up by column. Only for their names: the engine's
 * parser judges the statement itself. What these shapes do not cover leaves the catalog as it was.
 */
export function noteRunSql(sql: string, catalog: Catalog): void {
  if (!/constraint|index/i.test(sql)) return;
  const names = (list: string | undefined): string[] => (list ?? "").split(",").map((c) => /^\s*"?([^"\s]+)"?/.exec(c)?.[1] ?? "");
  for (const [, table = "", name = "", kind = "", columns, toTable, toColumn] of sql.matchAll(CONSTRAINT)) {
    const word = kind.toUpperCase();
    if (word.startsWith("F")) {
      catalog.add({
        name,
        table,
        columns: names(columns),
        kind: "foreign-key",
        target: { table: toTable ?? "", column: toColumn ?? "id" },
      });
    } else catalog.add({ name, table, columns: names(columns), kind: word === "UNIQUE" ? "unique" : "primary-key" });
  }
  for (const [, table = "", name = ""] of sql.matchAll(DROPPED)) catalog.drop(table, name);
  for (const [, unique, name = "", table = "", method, columns] of sql.matchAll(INDEX)) {
    const type = method === undefined || method.toLowerCase() === "btree" ? "idx" : method.toLowerCase();
    catalog.add({ name, table, columns: names(columns), kind: "index", isUnique: unique !== undefined, type });
  }
  for (const [, name = ""] of sql.matchAll(INDEX_DROPPED)) catalog.dropIndex(name);
}
