import type {
  ApproveStep,
  BackfillStep,
  Condition,
  DeployStep,
  MigrateStep,
  Phase,
  SchemaOperation,
  Step,
  Undo,
  VerifyStep,
} from "./types.ts";

/** Statements that run together, in one transaction. */
export function together(
  name: string,
  summary: string,
  sql: readonly string[],
  down: Undo,
  operations: readonly SchemaOperation[],
): MigrateStep {
  return { kind: "migrate", name, summary, transaction: true, sql, down, operations };
}

/** One statement that Postgres refuses inside a transaction, or that is better off without one. */
export function alone(name: string, summary: string, sql: string, down: Undo, operations: readonly SchemaOperation[]): MigrateStep {
  return { kind: "migrate", name, summary, transaction: false, sql: [sql], down, operations };
}

/** In one transaction. */
export function undo(...sql: readonly string[]): Undo {
  return { possible: true, transaction: true, sql };
}

/** Each statement by itself, outside of any transaction. */
export function undoAlone(...sql: readonly string[]): Undo {
  return { possible: true, transaction: false, sql };
}

/** Nothing has to be taken back. */
export const NOTHING_TO_UNDO: Undo = { possible: true, transaction: true, sql: [] };

export function noWayBack(why: string): Undo {
  return { possible: false, why };
}

export function verify(name: string, summary: string, sql: string, otherwise: string): VerifyStep {
  return { kind: "verify", name, summary, sql, otherwise };
}

export function deploy(name: string, summary: string, code: readonly string[], operations: readonly SchemaOperation[] = []): DeployStep {
  return { kind: "deploy", name, summary, code, operations };
}

export function approve(name: string, summary: string, why: string): ApproveStep {
  return { kind: "approve", name, summary, why };
}

export function backfill(
  name: string,
  summary: string,
  rest: Omit<BackfillStep, "kind" | "name" | "summary" | "key" | "batch">,
): BackfillStep {
  return { kind: "backfill", name, summary, key: [], batch: null, ...rest };
}

export function phase(name: string, summary: string, live: Phase["live"], opens: readonly Condition[], steps: readonly Step[]): Phase {
  return { name, summary, opens, live, steps };
}

/** Only releases that do what the step asks for serve. */
export function released(step: string, what: string): Condition {
  return { when: "released", step, sentence: `every release that serves ${what}: one that does is live, and those before it are retired` };
}

export function unused(what: string, shown: string): Condition {
  return { when: "unused", what, sentence: `nothing that serves uses ${shown}, and a release that does without it is on record as live` };
}
