/** `tread.scale/1`: statistics of one server, never row data (docs/formats.md). */
export interface ScaleProfile {
  readonly format: "tread.scale/1";
  readonly collectedAt: string;
  readonly server: { readonly engine: "postgres" | "clickhouse"; readonly version: string };
  readonly tables: readonly TableScale[];
}

export interface TableScale {
  /** Qualified. */
  readonly table: string;
  /** Null: the server does not know, because the table was never analyzed. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly indexBytes: number | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly longestTransactionSeconds: number | null;
  readonly columns: readonly ColumnScale[];
  /** Qualified name of the table that this one is a partition of: its rows are in that one's, too. */
  readonly partitionOf?: string | null;
  // ClickHouse: one entry per table and host (docs/formats.md); absent or null where the server was not asked or does not know.
  readonly host?: string | null;
  readonly shard?: string | number | null;
  readonly replica?: string | null;
  /** As `system.tables.engine` names it. */
  readonly engine?: string | null;
  /** Active parts, of both formats. A mutation of a compact part writes all of its columns again. */
  readonly parts?: number | null;
  readonly wideParts?: number | null;
  readonly compactParts?: number | null;
  readonly partitions?: number | null;
  readonly largestPartitionBytes?: number | null;
  readonly insertsPerSecond?: number | null;
  readonly selectsPerSecond?: number | null;
  readonly freeBytes?: number | null;
}

export interface ColumnScale {
  readonly column: string;
  readonly type: string | null;
  readonly nullFraction: number | null;
  readonly distinct: number | null;
  readonly averageBytes: number | null;
  /** ClickHouse: bytes on disk of the column over all active parts of one replica, and before compression. */
  readonly compressedBytes?: number | null;
  readonly uncompressedBytes?: number | null;
  /** Smallest and largest value, as the server writes them: data, so only where they were asked for (`--with-ranges`). */
  readonly minimum?: string | null;
  readonly maximum?: string | null;
}

/** One place where the migrations run: a laptop, a self-hosted instance, the cloud. */
export interface Environment {
  readonly name: string;
  /** Postgres major version that predictions are made for. */
  readonly postgres: number;
  /** Where `postgres` comes from, for the report. */
  readonly postgresFrom: "environment" | "profile" | "default" | "option" | "database";
  /** `small`: the reader said that tables are small here. Without it and without a profile sizes are unknown and taken as large. */
  readonly assume: "small" | null;
  readonly profiles: readonly ScaleProfile[];
  /** Names of the live versions that serve here; null: all that are configured. */
  readonly live: readonly string[] | null;
  readonly appliedThrough: string | null;
  /** What the releases on record say about it; absent where nothing is on record. */
  readonly onRecord?: {
    /** Releases that serve here, oldest first. */
    readonly live: readonly string[];
    /** `window`: installations of every release that is supported, which may skip versions when they upgrade. */
    readonly by: "record" | "window";
    /** The window, `>=1.40`. */
    readonly supports: string | null;
    /** Why it is not known what serves here; null when it is. */
    readonly doubt: string | null;
  };
}

export interface Thresholds {
  /** Rows from which work proportional to the table hurts. */
  readonly largeRows: number;
  /** Reads per second from which a brief ACCESS EXCLUSIVE is noticed. */
  readonly hotReadsPerSecond: number;
  /** Milliseconds of stall that users may be asked to bear. */
  readonly stallMs: number;
}

/** How large a table is in an environment, and how we know. */
export interface TableSize {
  readonly kind: "small" | "large" | "unknown";
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly readsPerSecond: number | null;
  readonly hot: boolean;
  /** `scale profile of 21 November 2026`, `assumed small (assume: small)`, `size unknown, taken as large`. */
  readonly witness: string;
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** `scale profile of 21 November 2026`. */
export function profileWitness(profile: ScaleProfile): string {
  const [year, month, day] = profile.collectedAt.slice(0, 10).split("-");
  return `scale profile of ${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** A row takes 24 bytes of header and 4 of line pointer at least (manual 65.6): what its bytes can hold where nobody counted. */
const LEAST_ROW_BYTES = 28;

function mostRows(entry: TableScale): number | null {
  return entry.rows ?? (entry.bytes === null ? null : Math.floor(entry.bytes / LEAST_ROW_BYTES));
}

/** @param table qualified name */
export function sizeOf(environment: Environment, table: string, thresholds: Thresholds): TableSize {
  for (const profile of environment.profiles) {
    const entry = profile.tables.find((t) => t.table === table);
    if (entry && profile.server.engine === "postgres") {
      const most = mostRows(entry);
      return {
        kind: most === null ? "unknown" : most >= thresholds.largeRows ? (entry.rows === null ? "unknown" : "large") : "small",
        rows: entry.rows,
        bytes: entry.bytes,
        readsPerSecond: entry.readsPerSecond,
        hot: (entry.readsPerSecond ?? 0) >= thresholds.hotReadsPerSecond,
        witness:
          entry.rows !== null
            ? profileWitness(profile)
            : `${profileWitness(profile)}, which knows no row count${most !== null && most < thresholds.largeRows ? "; its bytes hold few" : ": taken as large"}`,
      };
    }
  }
  const nothing = { rows: null, bytes: null, readsPerSecond: null, hot: false } as const;
  if (environment.assume === "small") return { kind: "small", ...nothing, witness: "assumed small (`assume: small`)" };
  return { kind: "unknown", ...nothing, witness: "size unknown, taken as large" };
}
