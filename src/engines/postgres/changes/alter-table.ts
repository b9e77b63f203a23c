import type { AlterTableCmd, AlterTableStmt, ATAlterConstraint, ColumnDef } from "libpg-query";
import { schemaOf } from "../../../model/apply/index.ts";
import type { Change, ChangeBody, ChangeOf } from "../../../model/change.ts";
import { as, type Node } from "../parse/grammar.ts";
import { alterIndex } from "./alter-index.ts";
import { readProperty } from "./alter-properties.ts";
import { readColumn } from "./columns.ts";
import { readConstraint } from "./constraints.ts";
import type { Context } from "./context.ts";
import { alterAttributes, alterSequenceAsTable } from "./composites.ts";
import { boundText } from "./create.ts";
import { expression } from "./expression.ts";
import { Names } from "./names.ts";
import { restartOf } from "./restart.ts";
import { readType } from "./types.ts";
import { refusedCommand, refusedKind } from "./refused-commands.ts";
import { castsOnly } from "./using.ts";

/** ALTER TABLE and ALTER INDEX, VIEW, MATERIALIZED VIEW, SEQUENCE … that share its grammar. One change per sub-command. */
export function alterTable(node: AlterTableStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  if (node.objtype === "OBJECT_TYPE") return alterAttributes(node, context);
  const commands = (node.cmds ?? []).flatMap((c) => as(c, "AlterTableCmd") ?? []);
  if (node.objtype === "OBJECT_INDEX") return alterIndex(node, commands, context);
  if (node.objtype === "OBJECT_SEQUENCE") return alterSequenceAsTable(node, context);
  // IF EXISTS of a table that is not there: a notice, whatever the sub-commands are.
  if (node.missing_ok === true && !context.state.relations.has(table) && context.state.complete)
    return [context.change({ kind: "maintenance", command: "ALTER TABLE", table: null })];
  const names = new Names(context.state, table);
  for (const command of commands) if (command.subtype === "AT_DropConstraint") names.free(command.name ?? "");
  const segments = context.segments(actionStart(context));
  const changes = commands.flatMap((command, i) => {
    const part = segments.length === commands.length ? segments[i] : undefined;
    const bodies = readCommand(command, { table, context, names, missingOk: node.missing_ok === true, token: part?.token ?? 0 });
    const only = node.relation?.inh !== true;
    const relation = context.state.relations.get(table);
    const refused = refusedKind(node, relation) ?? refusedCommand(command, relation, context);
    return bodies.map((body) => ({
      ...context.change(body, commands.length > 1 ? part : undefined),
      ...(only ? { only } : {}),
      ...(refused === null ? {} : { refused }),
    }));
  });
  return changes.length > 1 ? changes.sort((a, b) => pass(a) - pass(b)) : changes;
}

/**
 * ALTER TABLE does not run its sub-commands in the order they are written but in passes (`AlterTablePass` in tablecmds.c): what drops first,
 * then type changes, new columns, NOT NULLs and keys, other constraints, and the rest. `ADD COLUMN c …, ALTER COLUMN c DROP DEFAULT`
 * fails with 42703 for that reason (measured 13 and 18).
 */
function pass(change: Change): number {
  switch (change.kind) {
    case "drop-column":
    case "drop-constraint":
    case "drop-not-null":
    case "drop-identity":
    case "drop-expression":
      return 0;
    case "set-default":
      return change.default === null ? 0 : 7;
    case "change-type":
      return 1;
    case "add-column":
      return 2;
    case "set-expression":
      return 3;
    case "set-not-null":
      return 4;
    case "add-constraint":
      return change.constraint.kind === "primary-key" || change.constraint.kind === "unique" ? 5 : 6;
    case "add-identity":
    case "set-identity":
      return 7;
    default:
      return 8;
  }
}

/** The token after `ALTER TABLE [IF EXISTS] [ONLY] name [*]`. */
function actionStart(context: Context): number {
  let at = context.wordAt("table");
  if (at === -1) at = context.wordAt("view");
  at++;
  const word = (text: string): boolean => context.tokens[at]?.kind === "word" && context.tokens[at]?.text === text;
  if (word("if")) at += 2;
  if (word("only")) at++;
  at++;
  while (context.tokens[at]?.text === ".") at += 2;
  if (context.tokens[at]?.text === "*") at++;
  return at;
}

interface Where {
  readonly table: string;
  readonly context: Context;
  readonly names: Names;
  readonly missingOk: boolean;
  /** First token of the sub-command. */
  readonly token: number;
}

function readCommand(command: AlterTableCmd, where: Where): ChangeBody[] {
  const { table, context, names } = where;
  const column = command.name ?? "";
  const cascade = command.behavior === "DROP_CASCADE";
  const ifExists = command.missing_ok === true;
  const property = readProperty(command, table, context);
  if (property !== null) return [property];
  switch (command.subtype) {
    case "AT_AddColumn": {
      const definition = as(command.def, "ColumnDef");
      if (definition === undefined) break;
      const read = readColumn(definition, table, context, names);
      return [
        {
          kind: "add-column",
          table,
          column: read.column,
          ifNotExists: ifExists,
          serial: read.serial,
          constraints: read.constraints,
          ...(read.defaultNull ? { defaultNull: true } : {}),
        },
      ];
    }
    case "AT_DropColumn":
      return [{ kind: "drop-column", table, column, ifExists, cascade }];
    case "AT_AlterColumnType":
      return [changeType(column, as(command.def, "ColumnDef"), where)];
    case "AT_ColumnDefault":
      return [
        {
          kind: "set-default",
          table,
          column,
          default: command.def === undefined ? null : expression(command.def, afterWord("default", where), context.state),
        },
      ];
    case "AT_SetNotNull":
      return [{ kind: "set-not-null", table, column }];
    case "AT_DropNotNull":
      return [{ kind: "drop-not-null", table, column }];
    case "AT_AddIdentity":
      return [
        {
          kind: "add-identity",
          table,
          column,
          always: as(command.def, "Constraint")?.generated_when === "a",
          ...(startsAt(as(command.def, "Constraint")?.options) ? { starts: true } : {}),
        },
      ];
    case "AT_SetIdentity":
      return [
        {
          kind: "set-identity",
          table,
          column,
          ...generatedWhen(as(command.def, "List")?.items),
          ...(startsAt(as(command.def, "List")?.items) ? { starts: true } : {}),
          ...restartOf(as(command.def, "List")?.items),
        },
      ];
    case "AT_DropIdentity":
      return [{ kind: "drop-identity", table, column, ifExists }];
    case "AT_DropExpression":
      return [{ kind: "drop-expression", table, column, ifExists }];
    case "AT_SetExpression":
      if (command.def === undefined) break;
      return [
        { kind: "set-expression", table, column, expression: expression(command.def, context.inParentheses(where.token), context.state) },
      ];
    case "AT_AddConstraint":
    case "AT_AddIndexConstraint":
    case "AT_AddIndex": {
      const node = as(command.def, "Constraint");
      if (node === undefined) break;
      const usingIndex = node.indexname === undefined ? null : `${schemaOf(table)}.${node.indexname}`;
      return [{ kind: "add-constraint", table, constraint: readConstraint(node, table, context, names, null), usingIndex }];
    }
    case "AT_DropConstraint":
      return [{ kind: "drop-constraint", table, name: column, ifExists, cascade }];
    case "AT_ValidateConstraint":
      return [{ kind: "validate-constraint", table, name: column }];
    case "AT_AlterConstraint":
      return [
        {
          kind: "alter-constraint",
          table,
          name: as(command.def, "ATAlterConstraint")?.conname ?? as(command.def, "Constraint")?.conname ?? column,
          action: constraintAction(as(command.def, "ATAlterConstraint")),
        },
      ];
    case "AT_AttachPartition":
    case "AT_DetachPartition":
    case "AT_DetachPartitionFinalize": {
      const partition = as(command.def, "PartitionCmd");
      const name = context.relation(partition?.name);
      if (command.subtype === "AT_AttachPartition") {
        return [{ kind: "attach-partition", table, partition: name, bound: boundText(context, partition?.bound?.is_default === true) }];
      }
      return [
        {
          kind: "detach-partition",
          table,
          partition: name,
          concurrently: partition?.concurrent === true || command.subtype === "AT_DetachPartitionFinalize",
          finalize: command.subtype === "AT_DetachPartitionFinalize",
        },
      ];
    }
    default:
      break;
  }
  return [{ kind: "opaque", reason: `ALTER TABLE sub-command ${command.subtype ?? "?"} is not known to tread`, mayTouch: [table] }];
}

function changeType(column: string, definition: ColumnDef | undefined, where: Where): ChangeBody {
  const { context, table } = where;
  const names = (definition?.collClause?.collname ?? []).flatMap((n) => as(n, "String")?.sval ?? []);
  const using = definition?.raw_default;
  return {
    kind: "change-type",
    table,
    column,
    type: readType(definition?.typeName, context.state).type,
    collation: names.at(-1) ?? null,
    using: using === undefined ? null : expression(using, afterWord("using", where), context.state),
    through: castsOnly(using, table, column, context.state),
  };
}

function constraintAction(node: ATAlterConstraint | undefined): ChangeOf<"alter-constraint">["action"] & string {
  if (node?.alterEnforceability === true) return node.is_enforced === true ? "enforced" : "not-enforced";
  if (node?.alterInheritability === true) return node.noinherit === true ? "no-inherit" : "inherit";
  return "deferrability";
}

function afterWord(word: string, where: Where): string {
  const at = where.context.wordAt(word, where.token);
  return at === -1 ? "" : where.context.until(at + 1).text;
}

/** SET GENERATED: `generated` with the letter of the catalogue as its argument (gram.y, alter_identity_column_option). */
function generatedWhen(options: readonly Node[] | undefined): { readonly always?: boolean } {
  for (const option of options ?? []) {
    const { defname, arg } = as(option, "DefElem") ?? {};
    if (defname === "generated") return { always: as(arg, "Integer")?.ival === "a".charCodeAt(0) };
  }
  return {};
}

/** Sequence options that say where it begins: START WITH, RESTART WITH. A bare RESTART begins where it began before. */
function startsAt(options: readonly Node[] | undefined): boolean {
  return (options ?? []).some((option) => {
    const { defname, arg } = as(option, "DefElem") ?? {};
    return (defname === "start" || defname === "restart") && arg !== undefined;
  });
}
