import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { Environment } from "../../model/environment.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { ParsedMigration, Problem } from "../../model/migration.ts";
import type { Declared, LiveVersion } from "../../model/query.ts";
import type { ReleaseRecord } from "../../model/release.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { Thing } from "./dependents.ts";
import type { VersionUses } from "./uses.ts";

/** A thing that may be dropped, as far as deciding it goes. */
export interface Subject extends Thing {
  readonly kind: "column" | "table" | "m2m";
  /** As the working tree declares it; null where its code does not know it. */
  readonly declared: Declared | null;
}

/** What is known of the schema of one environment: what has run there, and what waits. */
export interface PlaceView {
  readonly environment: Environment;
  readonly start: SchemaState;
  readonly applied: readonly ParsedMigration[];
  readonly judged: readonly (readonly JudgedStatement[])[];
}

/** The releases on record, at one moment. */
export interface RecordNow {
  readonly record: ReleaseRecord;
  readonly now: Date;
}

/** Everything that one environment knows about the question. */
export interface Place {
  readonly view: PlaceView;
  readonly engine: PostgresEngine;
  /** Live here, oldest first. */
  readonly live: readonly LiveVersion[];
  /** The working tree: its app and the raw SQL in it. */
  readonly next: readonly LiveVersion[];
  /** Read because they serve elsewhere. */
  readonly elsewhere: readonly LiveVersion[];
  /** Nothing is on record as live here: what is to be done about that, or null. Then nothing is known. */
  readonly nothing: string | null;
  /** Why nothing can be called safe here: something could not be read at all. */
  readonly doubts: readonly string[];
  /** Null: no releases are on record. */
  readonly onRecord: RecordNow | null;
  /** Names of releases, which retire; others are queries that somebody must change. */
  readonly isRelease: (name: string) => boolean;
  /** The text that a problem is about; null where it cannot be had. */
  readonly textOf: (problem: Problem) => string | null;
  /** What a version asks, held against a schema. */
  readonly usesOf: (version: LiveVersion, state: SchemaState) => VersionUses;
}
