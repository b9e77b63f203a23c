import type { Change } from "../model/change.ts";
import type { Database } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import type { Plan, PlanOrigin } from "./types.ts";
import type { Written } from "./written.ts";

/** A change that somebody wants, as one unsafe piece of SQL and what that changes. */
export interface PlanRequest {
  /** In the words of `tread plan`: `not-null person.email`. */
  readonly words: string;
  /** Statements of the unsafe form. */
  readonly sql: readonly string[];
  /** What they change, one list for all of them, in order. */
  readonly changes: readonly Change[];
  /** The recipe that the words name, where the changes alone do not tell it (`drop-m2m`, `replace-index`). */
  readonly recipe: string | null;
  /** SQL of the value that rows without one get: `not-null person.email using ''`. */
  readonly fill: string | null;
  readonly from: PlanOrigin | null;
}

/** What a recipe may know: all of it decided before it is asked. No database, no clock, no file. */
export interface Scene {
  /** Before the change. */
  readonly schema: SchemaState;
  /** Majors of the environments, ascending: a plan must hold on each of them. */
  readonly majors: readonly number[];
  /** How indexes, triggers and views were written. */
  readonly written: Written;
  /**
   * Queries of live versions that work before the unsafe form and fail after it, as sentences; null where nothing is known to be live:
   * a recipe then expects that there are some.
   */
  readonly breaks: readonly string[] | null;
}

/** Why a recipe cannot be followed here, and what to do. */
export interface Misfit {
  readonly reason: string;
  readonly help: string;
}

/** What a recipe says: everything of a plan but who asked for it. */
export type Draft = Pick<Plan, "phases" | "notes"> & {
  /** Parts of the plan's name after the recipe: `["person", "email"]`. */
  readonly about: readonly string[];
  /** The unsafe form, where it is more than the statements of the request. */
  readonly unsafe?: readonly string[];
};

/** One safe sequence. One file per recipe, one line of registration in `recipes/index.ts`. */
export interface Recipe {
  readonly id: string;
  readonly database: Database;
  /** One line for the help: what it does instead. */
  readonly summary: string;
  /** Whether it is for this change. The first recipe in the registry that says yes is asked. */
  readonly accepts: (request: PlanRequest, scene: Scene) => boolean;
  /** Every reason at once; empty when it fits. */
  readonly fits: (request: PlanRequest, scene: Scene) => readonly Misfit[];
  /** Asked only where it fits. */
  readonly plan: (request: PlanRequest, scene: Scene) => Draft;
}
