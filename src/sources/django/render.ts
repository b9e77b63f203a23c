import type { Migration, Step, Suppression } from "../../model/migration.ts";
import type { Span } from "../../text/span.ts";
import { applyOperation } from "./apply-operation.ts";
import { EMPTY_STATE } from "./model-changes.ts";
import type { State, StateContext } from "./model-changes.ts";
import type { MigrationNode } from "./migration-file.ts";
import type { Operation } from "./operation.ts";
import type { DjangoProject } from "./project.ts";
import { readRunPython } from "./run-python/index.ts";
import { noteRunSql } from "./run-sql-effects.ts";
import { runSqlParts } from "./run-sql.ts";
import { Catalog } from "./schema/catalog.ts";
import { SchemaEditor } from "./schema/editor.ts";
import { databaseForwards } from "./schema/forwards.ts";
import type { SchemaOperation } from "./schema/forwards.ts";
import { NotRenderable } from "./schema/not-renderable.ts";
import type { PyNode } from "./python.ts";
import { ModelMap } from "./model-map.ts";
import type { FieldState, ModelState } from "./state.ts";
import { isKind, isUnknown, pathOf } from "./values.ts";
import type { PyValue } from "./values.ts";

/** Renders the migrations of the plan, in order, to the steps that Django 5.2 would send to Postgres. */
export function renderProject(project: DjangoProject): readonly Migration[] {
  let state: State = EMPTY_STATE;
  const catalog = new Catalog();
  const tablespace = (name: string): string => {
    const value = project.evaluator.setting(name);
    return typeof value === "string" ? value : "";
  };
  const editorSettings = {
    defaultAutoField: project.defaultAutoField,
    defaultIndexTablespace: tablespace("DEFAULT_INDEX_TABLESPACE"),
    defaultTablespace: tablespace("DEFAULT_TABLESPACE"),
  };
  return project.plan.map((node) => {
    const context: StateContext = {
      app: node.app,
      authUserModel: project.settings.authUserModel,
      defaultAutoField: project.defaultAutoField,
      evaluator: project.evaluator,
    };
    const editor = new SchemaEditor(catalog, editorSettings);
    const rendering = new MigrationRendering(project, node, editor, context, state);
    const steps = rendering.run();
    state = rendering.state;
    return {
      id: node.id,
      path: node.builtIn ? node.path : project.modules.files.display(node.path),
      source: "django",
      database: "postgres",
      transaction: node.atomic ? "per-migration" : "none",
      steps,
      down: downOf(node.operations),
      dependsOn: project.graph.parents.get(node.id) ?? [],
      replaces: node.replaces,
      hash: node.hash,
      ...(node.builtIn ? { builtIn: true } : {}),
    };
  });
}

class MigrationRendering {
  readonly project: DjangoProject;
  readonly node: MigrationNode;
  readonly editor: SchemaEditor;
  readonly context: StateContext;
  readonly steps: Step[] = [];
  state: State;
  /** Operations by the position that their statements carry, with the suppressions beside them. */
  readonly origins: { readonly operation: Operation; readonly suppressions: readonly Suppression[] }[] = [];

  constructor(project: DjangoProject, node: MigrationNode, editor: SchemaEditor, context: StateContext, state: State) {
    this.project = project;
    this.node = node;
    this.editor = editor;
    this.context = context;
    this.state = state;
  }

  run(): readonly Step[] {
    for (const operation of this.node.operations) this.state = this.#operation(operation, this.state, this.#beside(operation.span));
    this.editor.finish();
    this.#flush();
    return this.steps;
  }

  /** Renders one operation. @returns the state after it */
  #operation(operation: Operation, before: State, suppressions: readonly Suppression[]): State {
    const applied = applyOperation(before, operation, this.context);
    const after = typeof applied === "string" ? before : applied;
    if (typeof applied === "string") {
      this.#opaque(operation, `Django would refuse it: ${applied}`, suppressions);
      return before;
    }
    this.editor.origin = this.origins.push({ operation, suppressions }) - 1;
    switch (operation.kind) {
      case "opaque":
        this.#opaque(operation, operation.reason, suppressions);
        break;
      case "run-sql":
        this.#runSql(operation, suppressions);
        break;
      case "run-python":
        this.#runPython(operation, before, suppressions);
        break;
      case "separate": {
        let inner = before;
        for (const nested of operation.database) inner = this.#operation(nested, inner, [...suppressions, ...this.#beside(nested.span)]);
        break;
      }
      default: {
        const reason = this.#render(operation, before, after);
        if (reason === null) break;
        // A rename does not depend on the type of what is renamed.
        if (operation.kind === "rename-field" && this.#render(operation, withPlainTypes(before), withPlainTypes(after)) === null) break;
        this.#opaque(operation, reason, suppressions, this.#assumed(operation, before, after));
      }
    }
    this.#flush();
    return after;
  }

  /** Null when it was rendered, else why not: half an operation would be a lie, so what it had emitted by then is taken back. */
  #render(operation: SchemaOperation, before: State, after: State): string | null {
    const mark = this.editor.emitted.length;
    const deferred = this.editor.deferred;
    try {
      databaseForwards(this.editor, operation, before, after, this.context);
      return null;
    } catch (error) {
      if (!(error instanceof NotRenderable)) throw error;
      this.editor.emitted.length = mark;
      this.editor.deferred = deferred.filter((d) => d.origin !== this.editor.origin);
      return error.message;
    }
  }

  /** What a table or column of unknown type leaves in the schema: later operations and live queries name it. */
  #assumed(operation: SchemaOperation, before: State, after: State): readonly string[] {
    if (operation.kind !== "create-model" && operation.kind !== "add-field") return [];
    const mark = this.editor.emitted.length;
    if (this.#render(operation, withPlainTypes(before), withPlainTypes(after)) !== null) return [];
    return this.editor.emitted.splice(mark).map(({ sql }) => sql);
  }

  #flush(): void {
    for (const { sql, notes, origin } of this.editor.emitted) {
      const from = this.origins[origin];
      if (from === undefined) continue;
      this.steps.push({
        kind: "sql",
        sql,
        span: from.operation.span,
        verbatim: false,
        operation: from.operation.title,
        reverse: reverseOf(from.operation),
        suppressions: from.suppressions,
        ...(notes.length === 0 ? {} : { notes }),
        ...(this.node.atomic ? {} : { transaction: "single-query" as const }),
      });
    }
    this.editor.emitted.length = 0;
  }

  #opaque(operation: Operation, reason: string, suppressions: readonly Suppression[], assumed: readonly string[] = []): void {
    this.#flush();
    this.steps.push({
      kind: "opaque",
      operation: operation.title,
      reason,
      span: operation.span,
      reverse: reverseOf(operation),
      suppressions,
      ...(assumed.length === 0 ? {} : { assumed }),
    });
  }

  #runSql(operation: Extract<Operation, { kind: "run-sql" }>, suppressions: readonly Suppression[]): void {
    const parts = runSqlParts(operation.sql, operation.sqlNode, operation.span);
    if (typeof parts === "string") {
      this.#opaque(operation, parts, suppressions);
      return;
    }
    for (const part of parts) {
      noteRunSql(part.sql, this.editor.catalog);
      this.steps.push({
        kind: "sql",
        sql: part.sql,
        span: part.span,
        verbatim: part.verbatim,
        operation: operation.title,
        reverse: reverseOf(operation),
        suppressions,
        ...(this.node.atomic ? {} : { transaction: "single-query" as const }),
      });
    }
  }

  #runPython(operation: Extract<Operation, { kind: "run-python" }>, before: State, suppressions: readonly Suppression[]): void {
    const { code } = operation;
    const evaluator = this.project.evaluator;
    const at = codeOf(code);
    const shared = {
      kind: "code" as const,
      language: "python" as const,
      operation: operation.title,
      span: operation.span,
      reverse: reverseOf(operation),
      suppressions: at === null ? suppressions : [...suppressions, ...this.#inside(at.span)],
      ...(!this.node.atomic && operation.atomic === true ? { transaction: "own" as const } : {}),
    };
    if (isUnknown(code)) {
      this.steps.push({ ...shared, facts: { opaque: code.reason, accesses: [] } });
      return;
    }
    const facts = readRunPython({
      module: at?.module ?? this.node.module,
      code: at,
      functionName: pathOf(code) ?? (isKind(code, "lambda") ? "lambda" : (operation.codeNode?.text ?? "code")),
      files: this.project.modules.files,
      appLabel: this.node.app,
      stateBefore: before,
      atomic: this.node.atomic || operation.atomic === true,
      tableOf: (label) => {
        const model = before.models.get(label.toLowerCase());
        return model === undefined ? null : qualified(model.table);
      },
      lookup: (module, name) =>
        evaluator.lookup(module, name) ?? {
          kind: "unknown",
          reason: `\`${name}\` is not defined in ${module.display} in a way that can be read statically`,
          span: module.span(0, 0),
        },
      evaluate: (node) => evaluator.evaluate(node),
    });
    this.steps.push({ ...shared, facts });
  }

  /** Suppressions on the lines of an operation, or in the comments directly above it. */
  #beside(span: Span): readonly Suppression[] {
    if (this.node.suppressions.length === 0) return [];
    const lines = this.node.module.text.split("\n");
    let first = span.line;
    while (first > 1 && (lines[first - 2] ?? "").trim().startsWith("#")) first--;
    return this.node.suppressions.filter((s) => s.span.line >= first && s.span.line <= span.endLine);
  }

  #inside(span: Span): readonly Suppression[] {
    if (span.file !== this.node.module.display) return [];
    return this.#beside(span);
  }
}

/** The same models with a plain type where a column's own cannot be told: `bigint` for a key to something unknown. */
function withPlainTypes(state: State): State {
  const plain = (field: FieldState): FieldState => {
    if (field.opaque === null || field.column === null) return field;
    if (field.relation !== null) return { ...field, opaque: null };
    return { ...field, opaque: null, ownType: field.column === field.name ? "text" : "bigint" };
  };
  const models = new Map<string, ModelState>();
  for (const [label, model] of state.models) {
    const opaque = model.fields.some((field) => field.opaque !== null);
    models.set(label, opaque ? { ...model, fields: model.fields.map(plain) } : model);
  }
  return { models: new ModelMap(models) };
}

function codeOf(code: PyValue): PyNode | null {
  return isKind(code, "function") || isKind(code, "lambda") ? code.node : null;
}

/** `analytics"."event` is how Django writes a table in another schema. */
export function qualified(table: string): string {
  const parts = table.split('"."').map((p) => p.replaceAll('"', ""));
  return parts.length === 2 ? parts.join(".") : `public.${table.replaceAll('"', "")}`;
}

function reverseOf(operation: Operation): "present" | "missing" | "unknown" {
  switch (operation.kind) {
    case "run-sql":
    case "run-python":
      return operation.reverse === undefined || operation.reverse === null ? "missing" : "present";
    case "separate": {
      const inner = operation.database.map(reverseOf);
      return inner.includes("missing") ? "missing" : inner.includes("unknown") ? "unknown" : "present";
    }
    case "opaque":
      return "unknown";
    default:
      return "present";
  }
}

function downOf(operations: readonly Operation[]): Migration["down"] {
  const each = operations.map(reverseOf);
  return each.includes("missing") ? "missing" : each.includes("unknown") ? "unknown" : "present";
}
