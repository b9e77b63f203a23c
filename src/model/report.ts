import type { Span } from "../text/span.ts";
import type { ClickHouseEffects } from "./clickhouse/effects.ts";
import type { PostgresEffects } from "./effects.ts";
import type { Calibration, GrowthReport } from "./growth.ts";
import type { Suppression } from "./migration.ts";

export type Severity = "error" | "warning" | "info";
export type Verdict = "safe" | "unsafe" | "unknown";

/** Where a claim comes from; `fact`: a server's answer to a query that decides it (`--facts`). */
export type Witness = "static" | "rehearsed" | "scale-profile" | "estimate" | "fact";

/** What a statement does, of the engine that its migration is for. */
export type StatementEffects = PostgresEffects | ClickHouseEffects;

export interface Evidence {
  readonly kind: "lock" | "rewrite" | "scan" | "time" | "rows" | "error" | "query" | "release" | "review";
  readonly text: string;
  readonly from: Witness;
  readonly value: unknown;
  /** The witness in words when `from` alone does not tell it: `scale profile of 21 November 2026`. */
  readonly witness?: string | undefined;
}

/** One hazard, once per cause. `tread.report/1`: fields are only ever added. */
export interface Finding {
  readonly rule: string;
  /** The worst over the environments. */
  readonly severity: Severity;
  readonly migration: string | null;
  readonly statement: number | null;
  readonly span: Span | null;
  /** Stands alone: lower case, no full stop. */
  readonly message: string;
  /** Shown under the span. */
  readonly label: string | null;
  readonly why: string;
  readonly help: string;
  readonly evidence: readonly Evidence[];
  readonly environments: Readonly<Record<string, Severity>>;
  readonly liveVersions: readonly string[];
  readonly also: readonly { readonly span: Span; readonly label: string }[];
  readonly docs: string;
  /** Only where fixes were asked for (`--fix`, `--fix-dry-run`), and one is known for findings of this kind. */
  readonly fix?: FindingFix | undefined;
}

/** Whether a finding can be taken away by an edit that keeps the meaning. */
export interface FindingFix {
  readonly available: boolean;
  /** What the edit does; null where there is none. */
  readonly summary: string | null;
  /** Why there is none; null where there is one. */
  readonly reason: string | null;
}

export interface StatementReport {
  readonly index: number;
  readonly sql: string;
  readonly operation: string | null;
  readonly span: Span;
  readonly understood: boolean;
  readonly opaque: string | null;
  readonly predicted: StatementEffects | null;
  readonly observed: StatementEffects | null;
  /** Locks that the transaction holds once the statement has ended. Empty for ClickHouse, which has neither. */
  readonly held: PostgresEffects["locks"];
  /** Milliseconds in the rehearsal. */
  readonly durationMs: number | null;
  /** Why a statement that ran in a rehearsal has no `observed`, or is not compared. */
  readonly notObserved: string | null;
  readonly traffic: TrafficReport | null;
  /** How the cost grows with the table, measured at several sizes; null or absent where it was not measured. */
  readonly growth?: GrowthReport | null | undefined;
}

/** What the live versions' traffic felt while one statement ran. */
export interface TrafficReport {
  /** Longest wait for a lock whose blocker was the migration, as the server logged it; ms. */
  readonly longestStallMs: number;
  readonly failed: readonly { readonly version: string; readonly sqlstate: string; readonly count: number; readonly example: string }[];
}

export interface MigrationReport {
  readonly id: string;
  readonly path: string;
  readonly source: string;
  readonly database: "postgres" | "clickhouse";
  readonly transactional: boolean;
  /** False: applied already, folded into the schema only. */
  readonly judged: boolean;
  readonly statements: readonly StatementReport[];
}

export interface BrokenQuery {
  readonly query: string;
  readonly origin: string;
  readonly sqlstate: string;
  readonly error: string;
  readonly from: Witness;
  readonly use: "certain" | "latent";
}

export interface Cell {
  readonly environment: string;
  readonly version: string;
  /** `start` or `<migration>#<statement>`: the schema after that statement. */
  readonly step: string;
  readonly queries: number;
  /** Queries whose fate could not be told. */
  readonly unknown: number;
  readonly broken: readonly BrokenQuery[];
}

export interface SchemaOrigin {
  /** The migrations alone; a dump from before the first of them; a file with the schema of today; a live database. */
  readonly from: "migrations" | "base" | "file" | "database";
  /** The file, or the database without its password. */
  readonly name: string | null;
  /** What it records as applied: `12 of 14 migrations are recorded in public.django_migrations`. */
  readonly applied: string | null;
}

export interface Report {
  readonly format: "tread.report/1";
  readonly mode: "check" | "rehearse";
  readonly tread: string;
  readonly verdict: Verdict;
  readonly environments: readonly {
    readonly name: string;
    readonly verdict: Verdict;
    readonly postgres: number;
    /** Version of the ClickHouse servers that predictions were made for; absent where nothing is for ClickHouse. */
    readonly clickhouse?: string | undefined;
    readonly reason: string;
  }[];
  readonly migrations: readonly MigrationReport[];
  readonly findings: readonly Finding[];
  readonly compatibility: { readonly versions: readonly string[]; readonly steps: readonly string[]; readonly cells: readonly Cell[] };
  readonly coverage: {
    readonly migrations: number;
    readonly statements: number;
    readonly understood: number;
    readonly opaque: number;
    readonly unparsed: number;
    readonly topology: readonly string[];
    /** Migrations that were folded into the schema and not judged, and their statements that were not understood. */
    readonly appliedMigrations?: number | undefined;
    readonly appliedOpaque?: number | undefined;
    /** Where the schema before the judged migrations comes from. */
    readonly schema?: SchemaOrigin | undefined;
    /** Rules that the config switches off (`policy.rules`), those whose severity it sets, and the presets that it switches on. */
    readonly switchedOff?: readonly string[] | undefined;
    readonly severities?: Readonly<Record<string, Severity>> | undefined;
    readonly presets?: readonly string[] | undefined;
  };
  readonly suppressions: readonly (Suppression & { readonly migration: string; readonly used: boolean })[];
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly help: string;
    readonly span: Span | null;
    readonly fatal: boolean;
  }[];
  readonly rehearsal: RehearsalReport | null;
  /** Answers that were given with `--facts`; absent without. */
  readonly facts?: readonly FactReport[] | undefined;
}

/** A server's answer to a query that decides a hazard. */
export interface FactReport {
  readonly query: string;
  /** Rows that the query counted, over all hosts. */
  readonly value: number;
  readonly at: string | null;
  readonly hosts: readonly string[];
  readonly file: string;
  /** `silences`: 0, so what it decides does not happen. `unused`: nothing in this run depends on it. */
  readonly use: "silences" | "confirms" | "unused";
}

export function isClickHouseEffects(effects: StatementEffects): effects is ClickHouseEffects {
  return "class" in effects;
}

/** What a Postgres statement did; null for one of ClickHouse, and where nothing is known. */
export function postgresEffects(effects: StatementEffects | null | undefined): PostgresEffects | null {
  return effects === null || effects === undefined || isClickHouseEffects(effects) ? null : effects;
}

/** `SQLSTATE 42703` of Postgres, `code 47` of ClickHouse, whose codes have at most four digits. */
export function spellCode(code: string): string {
  return /^\d{1,4}$/.test(code) ? `code ${code}` : `SQLSTATE ${code}`;
}

export interface RehearsalReport {
  /** `PostgreSQL 18.4`. */
  readonly server: string;
  readonly environment: string;
  readonly seeded: readonly { readonly table: string; readonly rows: number; readonly scaledFrom: number | null }[];
  /** Objects left out because an extension is not in the embedded server, and other limits. */
  readonly limits: readonly string[];
  /** The same traffic without the migration. */
  readonly baseline: { readonly seconds: number; readonly queries: number; readonly longestStallMs: number; readonly failed: number };
  readonly traffic: { readonly seconds: number; readonly queries: number; readonly longestStallMs: number; readonly failed: number };
  readonly seconds: number;
  /** How fast this server wrote and read; null or absent where growth was not measured. */
  readonly calibration?: Calibration | null | undefined;
  /** Set when it ran on a clone with its real rows. */
  readonly fullSize?: FullSizeReport | null | undefined;
}

/** The clone that a rehearsal ran on (`--on`). */
export interface FullSizeReport {
  /** `clone.internal:5432/app`: never with a password. */
  readonly server: string;
  readonly bytes: number;
  /** The largest, by the planner's estimate. */
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[];
  /** Where the clone's schema differs from what the applied migrations make, in words. */
  readonly drift: readonly string[];
}
