import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import { OWN_DATABASES } from "../catalogue.ts";

export interface Part {
  readonly database: string;
  readonly table: string;
  readonly name: string;
  readonly partition: string;
  readonly minBlock: number;
  readonly maxBlock: number;
  readonly rows: number;
  readonly bytes: number;
  readonly format: string;
  readonly path: string;
  readonly hash: string;
}

/** Active parts of the user's tables; of one table with `only`. */
export async function readParts(
  engine: EmbeddedClickHouse,
  only: { readonly database: string; readonly table?: string } | null = null,
): Promise<Part[]> {
  const where =
    only === null
      ? `database NOT IN ('system', ${OWN_DATABASES.map((name) => `'${name}'`).join(", ")})`
      : `database = {database:String}${only.table === undefined ? "" : " AND table = {table:String}"}`;
  return engine.rows<Part>(
    `SELECT database, table, name, partition_id AS partition, min_block_number AS minBlock, max_block_number AS maxBlock, rows,
       bytes_on_disk AS bytes, part_type AS format, path, hash_of_all_files AS hash
     FROM system.parts WHERE active AND ${where} ORDER BY database, table, partition_id, min_block_number, name`,
    only === null ? {} : { params: { ...only } },
  );
}

export interface Written {
  readonly bytesWritten: number;
  readonly bytesLinked: number;
  /** Files with a column's data that are new, by the name of the file without its ending; only of wide parts. */
  readonly files: ReadonlySet<string>;
  /** All of them, linked ones too. */
  readonly allFiles: ReadonlySet<string>;
}

/**
 * What lies in a part: a file that only this part has (one hard link) was written for it, one that it shares with the part before it was
 * linked (reference: bytes measured on 26.7.2.1 agree with what the statement reads and writes).
 */
export async function weigh(part: Pick<Part, "path" | "format">): Promise<Written> {
  let bytesWritten = 0;
  let bytesLinked = 0;
  const files = new Set<string>();
  const allFiles = new Set<string>();
  for (const entry of await readdir(part.path, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const facts = await stat(join(entry.parentPath, entry.name)).catch(() => null);
    if (facts === null) continue;
    const stem = part.format === "Wide" && entry.name.endsWith(".bin") ? decodeURIComponentSafe(entry.name.slice(0, -4)) : null;
    if (stem !== null) allFiles.add(stem);
    if (facts.nlink === 1) {
      bytesWritten += facts.size;
      if (stem !== null) files.add(stem);
    } else bytesLinked += facts.size;
  }
  return { bytesWritten, bytesLinked, files, allFiles };
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The column that a file of a wide part belongs to: `tags.size0`, `name.null` and `name.dict` are parts of `tags` and `name`. */
export function columnOfFile(file: string, columns: ReadonlySet<string>): string | null {
  for (let name = file; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    if (columns.has(name)) return name;
    if (!name.includes(".")) return null;
  }
  return null;
}
