import type { SchemaOperation } from "../../types.ts";
import type { Block, Draft } from "../contract.ts";
import { pythonSql, pythonString, Unwritable } from "./python-text.ts";
import { constraintText, indexText, stateOperation, type Writing, type Written } from "./state-operations.ts";
import { backfillFunction } from "./backfill-function.ts";

export interface DjangoOperations {
  /** As they stand in `operations`, without indentation. */
  readonly operations: readonly string[];
  readonly atomic: boolean;
  /** What the models say with this migration. */
  readonly models: readonly string[];
  /** What Django's state could not be told, with what to do. */
  readonly problems: readonly string[];
}

/** The operations of one migration. */
export function operationsFor(draft: Draft, writing: Writing): DjangoOperations {
  const { step, up, down } = draft;
  const state = stateOf(step.kind === "migrate" || step.kind === "deploy" ? step.operations : [], draft, writing);
  if (up === null) {
    if (state.written.length === 0) return { operations: [], atomic: true, models: [], problems: state.problems };
    return { operations: [separate(state.written, writing)], atomic: true, models: state.models, problems: state.problems };
  }
  if (step.kind === "backfill") {
    const { call, code } = backfillFunction(draft, step, writing);
    writing.text.define(code);
    return { operations: [call], atomic: false, models: [], problems: [] };
  }
  const outside = up.mode === "alone" || down.mode === "alone";
  const native = step.kind === "migrate" ? nativeOf(step.operations, draft, writing) : null;
  if (native !== null) return { operations: native, atomic: !outside, models: state.models, problems: state.problems };
  return {
    operations: [runSql(draft, up, state.written, outside, writing)],
    atomic: !outside,
    models: state.models,
    problems: state.problems,
  };
}

interface State {
  readonly written: readonly Written[];
  readonly models: readonly string[];
  readonly problems: readonly string[];
}

function stateOf(operations: readonly SchemaOperation[], draft: Draft, writing: Writing): State {
  const written: Written[] = [];
  const problems: string[] = [];
  for (const operation of operations) {
    if (operation.applies === "database") continue;
    try {
      const one = stateOperation(operation, writing);
      if (one !== null) written.push(one);
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      problems.push(
        `step ${draft.step.name}: Django's own state could not be told of ${operation.op}: ${error.message}; add it to the migration's state_operations by hand (\`makemigrations\` shows what is missing)`,
      );
    }
  }
  return { written, models: written.flatMap(({ model }) => model ?? []), problems };
}

function separate(written: readonly Written[], { text }: Writing): string {
  text.need("from django.db import migrations");
  return [
    "migrations.SeparateDatabaseAndState(",
    "    state_operations=[",
    ...written.map((one) => `        ${one.text},`),
    "    ],",
    ")",
  ].join("\n");
}

/** Where Django's own operation sends what the step says. Null: it has none. */
function nativeOf(operations: readonly SchemaOperation[], { up }: Draft, writing: Writing): readonly string[] | null {
  const [only, ...others] = operations;
  if (only === undefined || others.length > 0 || only.applies !== "both" || only.op === "sql") return null;
  const model = writing.model(only.table);
  if (model === null) return null;
  const name = pythonString(model.name.toLowerCase());
  const { text } = writing;
  const timeout = up?.statements.find((statement) => /^SET LOCAL lock_timeout\b/.test(statement));
  try {
    if (only.op === "add-index" && only.concurrently) {
      const index = indexText(only, model, writing);
      text.need("from django.contrib.postgres.operations import AddIndexConcurrently");
      return [`AddIndexConcurrently(model_name=${name}, index=${index})`];
    }
    if (only.op === "drop-index" && only.concurrently) {
      if (stateOperation(only, writing) === null) return null;
      text.need("from django.contrib.postgres.operations import RemoveIndexConcurrently");
      return [`RemoveIndexConcurrently(model_name=${name}, name=${pythonString(only.name)})`];
    }
    if (only.op === "add-constraint" && only.notValid && only.constraint.kind === "check") {
      const constraint = constraintText(only.constraint, model, writing);
      if (constraint === null) return null;
      text.need("from django.contrib.postgres.operations import AddConstraintNotValid");
      return timed([`AddConstraintNotValid(model_name=${name}, constraint=${constraint})`], timeout, writing);
    }
    if (only.op === "validate-constraint") {
      text.need("from django.contrib.postgres.operations import ValidateConstraint");
      return timed([`ValidateConstraint(model_name=${name}, name=${pythonString(only.name)})`], timeout, writing);
    }
    return null;
  } catch (error) {
    if (error instanceof Unwritable) return null;
    throw error;
  }
}

/** Under a lock timeout, on the way there and on the way back. */
function timed(operations: readonly string[], timeout: string | undefined, { text }: Writing): readonly string[] {
  if (timeout === undefined) return operations;
  text.need("from django.db import migrations");
  const set = pythonString(timeout);
  return [`migrations.RunSQL(${set}, migrations.RunSQL.noop)`, ...operations, `migrations.RunSQL(migrations.RunSQL.noop, ${set})`];
}

function runSql({ down }: Draft, up: Block, written: readonly Written[], outside: boolean, { text }: Writing): string {
  text.need("from django.db import migrations");
  const list = (block: Block): readonly string[] =>
    block.statements
      .filter((statement) => !(outside && /^SET LOCAL\b/.test(statement)))
      .map((statement) => `        ${pythonSql(statement)},`);
  const back = down.mode === "none" ? null : isNothing(down) ? "noop" : list(down);
  return [
    ...(down.mode === "none" ? [`# tread-ignore irreversible-migration: ${down.why.replaceAll("\n", " ")}`] : []),
    "migrations.RunSQL(",
    "    sql=[",
    ...list(up),
    "    ],",
    ...(back === null
      ? []
      : typeof back === "string"
        ? ["    reverse_sql=migrations.RunSQL.noop,"]
        : ["    reverse_sql=[", ...back, "    ],"]),
    ...(written.length === 0 ? [] : ["    state_operations=[", ...written.map((one) => `        ${one.text},`), "    ],"]),
    ")",
  ].join("\n");
}

function isNothing({ statements }: Block): boolean {
  return statements.length === 1 && statements[0] === "SELECT 1";
}
