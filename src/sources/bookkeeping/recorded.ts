import type { Recorded } from "./index.ts";
import { bareFilename, versionOf } from "./names.ts";

/** A row of a tool's own table, every value as text. */
export type BookRow = Readonly<Record<string, string | null>>;

/** What a tool's table says of the migrations that were read. */
export interface AppliedHere {
  readonly ids: ReadonlySet<string>;
  /** Migrations that began and did not end: `dirty`, `success = false`. Somebody has to look at that database first. */
  readonly failed: readonly string[];
  /** Records that belong to no file: squashed away, or of another branch. */
  readonly unmatched: readonly string[];
}

/** The table in which a tool records what it has run, and how to read it. */
export interface Book {
  /** The layout or the source that keeps it; several tools share one shape. */
  readonly tools: readonly string[];
  /** Bare names of the table, in lower case, wherever it is. */
  readonly tables: readonly string[];
  /** Columns to read, each as text; those that a version of the tool lacks are left out. The first must be there. */
  readonly columns: readonly string[];
  readonly match: (rows: readonly BookRow[], migrations: readonly Recorded[]) => AppliedHere;
}

/** One entry per tool; the shapes are those of the tools' own sources (see `BOOKS` beside this). */
export const RECORDS: readonly Book[] = [
  {
    // tread's own ledger: with it, what the tool recorded before is history
    tools: ["tread"],
    tables: ["ledger"],
    columns: ["migration", "state", "tool"],
    match: (rows, migrations) =>
      byKeys(
        rows.filter((row) => row["state"] === "done" || row["state"] === "adopted").map((row) => row["migration"] ?? ""),
        migrations,
        (m) => [m.id],
      ),
  },
  {
    tools: ["django"],
    tables: ["django_migrations"],
    columns: ["app", "name"],
    match: (rows, migrations) =>
      byKeys(
        rows.map((row) => `${row["app"] ?? ""}.${row["name"] ?? ""}`),
        migrations,
        (m) => [m.id],
      ),
  },
  {
    tools: ["prisma"],
    tables: ["_prisma_migrations"],
    columns: ["migration_name", "finished_at", "rolled_back_at"],
    match: (rows, migrations) => {
      const standing = rows.filter((row) => row["rolled_back_at"] === null);
      const name = (row: BookRow): string => row["migration_name"] ?? "";
      const folder = (m: Recorded): string[] => [m.path.split("/").at(-2) ?? ""];
      const found = byKeys(standing.filter((row) => row["finished_at"] !== null).map(name), migrations, folder);
      return { ...found, failed: standing.filter((row) => row["finished_at"] === null).map(name) };
    },
  },
  {
    // flyway-core, JdbcTableSchemaHistory: a baseline stands for everything up to its version
    tools: ["flyway"],
    tables: ["flyway_schema_history", "schema_version"],
    columns: ["script", "version", "type", "success", "installed_rank"],
    match: (rows, migrations) => {
      const undone = new Set(rows.filter((row) => row["type"]?.startsWith("UNDO") === true).map((row) => row["version"]));
      const standing = rows.filter((row) => row["type"]?.startsWith("UNDO") !== true && !undone.has(row["version"] ?? ""));
      const ok = standing.filter((row) => !isFalse(row["success"]));
      const script = (row: BookRow): string => (row["script"] ?? "").split("/").at(-1) ?? "";
      const real = ok.filter((row) => !/BASELINE|SCHEMA/.test(row["type"] ?? ""));
      const found = byKeys(real.map(script), migrations, (m) => [fileOf(m)]);
      const ids = new Set(found.ids);
      for (const row of ok.filter((candidate) => candidate["type"] === "BASELINE")) {
        for (const m of migrations) {
          const version = /^[VB]([\d._]+?)__/.exec(fileOf(m))?.[1];
          if (version !== undefined && compareVersions(version, row["version"] ?? "0") <= 0) ids.add(m.id);
        }
      }
      return { ...found, ids, failed: standing.filter((row) => isFalse(row["success"])).map(script) };
    },
  },
  {
    tools: ["golang-migrate"],
    tables: ["schema_migrations"],
    columns: ["version", "dirty"],
    match: (rows, migrations) => {
      // One row, the newest version: what lies before it ran.
      const newest = rows[0]?.["version"] ?? null;
      if (newest === null) return { ids: new Set(), failed: [], unmatched: [] };
      const dirty = isTrue(rows[0]?.["dirty"]);
      const ids = migrations.filter((m) => {
        const version = versionOf(m);
        return version !== null && (dirty ? BigInt(version) < BigInt(newest) : BigInt(version) <= BigInt(newest));
      });
      return { ids: new Set(ids.map((m) => m.id)), failed: dirty ? [newest] : [], unmatched: [] };
    },
  },
  {
    // pressly/goose: the last row of a version counts; version 0 is the empty database
    tools: ["goose"],
    tables: ["goose_db_version"],
    columns: ["version_id", "is_applied", "id"],
    match: (rows, migrations) => {
      const last = new Map<string, boolean>();
      for (const row of [...rows].sort((a, b) => Number(a["id"] ?? 0) - Number(b["id"] ?? 0)))
        last.set(row["version_id"] ?? "", !isFalse(row["is_applied"]));
      const applied = [...last].filter(([version, on]) => on && version !== "0").map(([version]) => version);
      return byVersions(applied, migrations);
    },
  },
  {
    // drizzle-orm pg-core/dialect.ts: runs what is newer than the last `created_at`; the hash is the file's SHA-256
    tools: ["drizzle"],
    tables: ["__drizzle_migrations"],
    columns: ["hash"],
    match: (rows, migrations) => {
      const found = byKeys(
        rows.map((row) => row["hash"] ?? ""),
        migrations,
        (m) => [m.hash],
      );
      const last = migrations.findLastIndex((m) => found.ids.has(m.id));
      // A file that was reformatted after it ran has another hash; what lies before one that ran, ran.
      return {
        ...found,
        ids: new Set(migrations.slice(0, last + 1).map((m) => m.id)),
        unmatched: rows.length > last + 1 ? found.unmatched : [],
      };
    },
  },
  {
    tools: ["node-pg-migrate"],
    tables: ["pgmigrations"],
    columns: ["name"],
    match: (rows, migrations) =>
      byKeys(
        rows.map((row) => row["name"] ?? ""),
        migrations,
        (m) => [bareFilename(m.path), stem(m)],
      ),
  },
  {
    tools: ["sqlx"],
    tables: ["_sqlx_migrations"],
    columns: ["version", "success"],
    match: (rows, migrations) => ({
      ...byVersions(
        rows.filter((row) => !isFalse(row["success"])).map((row) => row["version"] ?? ""),
        migrations,
      ),
      failed: rows.filter((row) => isFalse(row["success"])).map((row) => row["version"] ?? ""),
    }),
  },
  {
    tools: ["sql-migrate"],
    tables: ["gorp_migrations", "migrations"],
    columns: ["id"],
    match: (rows, migrations) =>
      byKeys(
        rows.map((row) => row["id"] ?? ""),
        migrations,
        (m) => [fileOf(m), stem(m)],
      ),
  },
  {
    tools: ["atlas"],
    tables: ["atlas_schema_revisions"],
    columns: ["version"],
    match: (rows, migrations) =>
      byVersions(
        rows.map((row) => row["version"] ?? "").filter((version) => /^\d/.test(version)),
        migrations,
      ),
  },
  {
    tools: ["diesel"],
    tables: ["__diesel_schema_migrations"],
    columns: ["version"],
    match: (rows, migrations) =>
      byVersions(
        rows.map((row) => row["version"] ?? ""),
        migrations,
      ),
  },
  {
    // Rails, dbmate, Supabase and others: one row per version
    tools: ["dbmate", "supabase", "rails"],
    tables: ["schema_migrations"],
    columns: ["version"],
    match: (rows, migrations) =>
      byVersions(
        rows.map((row) => row["version"] ?? ""),
        migrations,
      ),
  },
  {
    tools: ["knex"],
    tables: ["knex_migrations"],
    columns: ["name"],
    match: (rows, migrations) =>
      byKeys(
        rows.map((row) => (row["name"] ?? "").replace(/\.\w+$/, "")),
        migrations,
        (m) => [stem(m)],
      ),
  },
];

/** @param names of files as a tool's dump or table writes them (`20240101120000`) */
export function byVersions(versions: readonly string[], migrations: readonly Recorded[]): AppliedHere {
  const bare = (version: string): string => version.replaceAll(/[^0-9]/g, "").replace(/^0+(?=\d)/, "");
  return byKeys(versions.map(bare), migrations, (m) => {
    // Diesel keeps its number on the folder.
    const own = versionOf(m) ?? /^([\d-]+)_/.exec(m.path.split("/").at(-2) ?? "")?.[1] ?? null;
    return own === null ? [] : [bare(own)];
  });
}

function byKeys(recorded: readonly string[], migrations: readonly Recorded[], keysOf: (m: Recorded) => readonly string[]): AppliedHere {
  const records = new Set(recorded);
  const ids = new Set<string>();
  const matched = new Set<string>();
  for (const migration of migrations) {
    for (const key of keysOf(migration)) {
      if (!records.has(key)) continue;
      ids.add(migration.id);
      matched.add(key);
    }
  }
  // A squash whose replaced migrations all ran is applied (Django); an applied squash stands for those it replaces.
  for (const migration of migrations) {
    if (migration.replaces.length > 0 && migration.replaces.every((id) => records.has(id) || ids.has(id))) ids.add(migration.id);
    for (const id of migration.replaces) if (records.has(id)) matched.add(id);
  }
  return { ids, failed: [], unmatched: [...records].filter((record) => !matched.has(record)) };
}

function fileOf(migration: Recorded): string {
  return migration.path.split("/").at(-1) ?? "";
}

function stem(migration: Recorded): string {
  return fileOf(migration).replace(/\.\w+$/, "");
}

function isFalse(value: string | null | undefined): boolean {
  return value === "false" || value === "f" || value === "0";
}

function isTrue(value: string | null | undefined): boolean {
  return value === "true" || value === "t" || value === "1";
}

/** `1.10` comes after `1.9`. */
function compareVersions(a: string, b: string): number {
  const parts = (text: string): number[] => text.split(/[._]/).map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
