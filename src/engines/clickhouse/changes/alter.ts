import type { ClickHouseChangeBody, PartitionRef, Position } from "../../../model/clickhouse/change.ts";
import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { AlterCommand, ColumnPosition, Partition } from "../parse/ast.ts";
import { flattenNested, readCodec, readColumn, readDefault, readSettings, typeOf } from "./columns.ts";
import { resolve, sourceText, tableOf, type Context } from "./context.ts";
import { readRefresh, type ReadChange } from "./create.ts";
import { readExpression } from "./expression.ts";
import { readConstraint, readIndex, readProjection, readSortingKey, readTtl } from "./tables.ts";
import { readSelect } from "./select.ts";

/** One command of ALTER TABLE; a Nested column that is added is one change per stored column. */
export function readAlter(command: AlterCommand, table: string, context: Context): ReadChange[] {
  const one = (change: ClickHouseChangeBody, refused: ClickHouseError | null = null): ReadChange[] => [{ change, refused }];
  switch (command.kind) {
    case "add-column": {
      const { column, refused } = readColumn(command.column, context, (path) => {
        const found = tableOf(context.state, table)?.columns.find((c) => c.name === path.join("."));
        return found?.typeKnown === true ? found.type : null;
      });
      const flatten = context.state.session.settings.get("flatten_nested") !== "0";
      const { ifNotExists } = command;
      const position = positionOf(command.position);
      return flattenNested(column, flatten).map((c) => ({
        change: { kind: "add-column", table, column: c, typed: command.column.type !== null, ifNotExists, position },
        refused,
      }));
    }
    case "drop-column":
      return one({ kind: "drop-column", table, column: command.column.text, ifExists: command.ifExists });
    case "clear-column":
      return one({
        kind: "clear-column",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        partition: partitionOf(command.partition, context),
      });
    case "rename-column":
      return one({ kind: "rename-column", table, column: command.column.text, to: command.to.text, ifExists: command.ifExists });
    case "comment-column":
      return one({
        kind: "comment-column",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        comment: command.comment.value,
      });
    case "materialize-column":
      return one({ kind: "materialize-column", table, column: command.column.text, partition: partitionOf(command.partition, context) });
    case "modify-column": {
      const { column } = command;
      const { type, refused } = typeOf(column);
      return one(
        {
          kind: "modify-column",
          table,
          column: column.name.text,
          ifExists: command.ifExists,
          type,
          default: readDefault(column, context),
          codec: readCodec(column.codec),
          ttl: column.ttl === null ? null : readExpression(column.ttl, context),
          comment: column.comment?.value ?? null,
          statistics: column.statistics?.map((s) => s.name.toLowerCase()) ?? null,
          columnSettings: column.settings.length === 0 ? null : readSettings(column.settings),
          position: positionOf(command.position),
          addEnumValues: null,
        },
        refused,
      );
    }
    case "modify-column-remove":
      return one({
        kind: "remove-column-property",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        property: command.property,
      });
    case "modify-column-setting":
      return one({
        kind: "modify-column-setting",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        set: readSettings(command.settings),
      });
    case "reset-column-setting":
      return one({
        kind: "reset-column-setting",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        names: command.settings.map((s) => s.text),
      });
    case "add-enum-values":
      return one({
        kind: "modify-column",
        table,
        column: command.column.text,
        ifExists: command.ifExists,
        type: null,
        default: null,
        codec: null,
        ttl: null,
        comment: null,
        statistics: null,
        columnSettings: null,
        position: null,
        addEnumValues: command.values.map((v) => ({ label: v.name.value, value: v.value === null ? null : Number(v.value) })),
      });
    case "add-index":
      return one({
        kind: "add-index",
        table,
        index: readIndex(command.index, context),
        ifNotExists: command.ifNotExists,
        position: positionOf(command.position),
      });
    case "drop-index":
      return one({ kind: "drop-index", table, name: command.index.text, ifExists: command.ifExists });
    case "clear-index":
    case "materialize-index":
      return one({
        kind: command.kind,
        table,
        name: command.index.text,
        ifExists: command.ifExists,
        partition: partitionOf(command.partition, context),
      });
    case "add-projection":
      return one({
        kind: "add-projection",
        table,
        projection: readProjection(command.projection, context),
        ifNotExists: command.ifNotExists,
        position: positionOf(command.position),
      });
    case "drop-projection":
      return one({ kind: "drop-projection", table, name: command.projection.text, ifExists: command.ifExists });
    case "clear-projection":
    case "materialize-projection":
      return one({
        kind: command.kind,
        table,
        name: command.projection.text,
        ifExists: command.ifExists,
        partition: partitionOf(command.partition, context),
      });
    case "add-statistics":
    case "modify-statistics":
      return one({
        kind: "statistics",
        table,
        action: command.kind === "add-statistics" ? "add" : "modify",
        columns: command.columns.map((c) => c.text),
        types: command.types.map((t) => t.name.toLowerCase()),
        lenient: command.ifNotExists,
      });
    case "drop-statistics":
    case "clear-statistics":
    case "materialize-statistics":
      return one({
        kind: "statistics",
        table,
        action: command.kind === "drop-statistics" ? "drop" : command.kind === "clear-statistics" ? "clear" : "materialize",
        columns: command.columns === "all" ? [] : command.columns.map((c) => c.text),
        types: [],
        lenient: command.ifExists,
      });
    case "add-constraint":
      return one({
        kind: "add-constraint",
        table,
        constraint: readConstraint(command.constraint, context),
        ifNotExists: command.ifNotExists,
      });
    case "drop-constraint":
      return one({ kind: "drop-constraint", table, name: command.constraint.text, ifExists: command.ifExists });
    case "modify-order-by":
      return one({ kind: "modify-order-by", table, orderBy: readSortingKey(command.orderBy, context) });
    case "modify-sample-by":
      return one({ kind: "modify-sample-by", table, sampleBy: readExpression(command.expression, context) });
    case "remove-sample-by":
      return one({ kind: "remove-sample-by", table });
    case "modify-ttl":
      return one({ kind: "modify-ttl", table, ttl: command.ttl.map((t) => readTtl(t, context)) });
    case "remove-ttl":
      return one({ kind: "remove-ttl", table });
    case "materialize-ttl":
      return one({ kind: "materialize-ttl", table, partition: partitionOf(command.partition, context) });
    case "modify-setting":
      return one({ kind: "modify-setting", table, set: readSettings(command.settings) });
    case "reset-setting":
      return one({ kind: "reset-setting", table, names: command.settings.map((s) => s.text) });
    case "modify-query":
      return one({ kind: "modify-query", table, select: readSelect(command.query, context) });
    case "modify-refresh":
      return one({ kind: "modify-refresh", table, refresh: readRefresh(command.refresh, context) });
    case "modify-sql-security":
      return one({ kind: "modify-sql-security", table, text: sourceText(command.at, context) });
    case "modify-comment":
      return one({ kind: "modify-table-comment", table, comment: command.comment.value });
    case "drop-partition":
    case "detach-partition":
    case "drop-detached-partition":
    case "attach-partition":
    case "forget-partition": {
      const actions = {
        "drop-partition": "drop",
        "detach-partition": "detach",
        "drop-detached-partition": "drop-detached",
        "attach-partition": "attach",
        "forget-partition": "forget",
      } as const;
      return one({
        kind: "partition",
        table,
        action: actions[command.kind],
        partition: partitionOf(command.partition, context),
        other: null,
      });
    }
    case "move-partition": {
      const { to } = command;
      return one({
        kind: "partition",
        table,
        action: `move-to-${to.kind}`,
        partition: partitionOf(command.partition, context),
        other: to.kind === "table" ? resolve(to.name, context) : to.name,
      });
    }
    case "replace-partition":
      return one({
        kind: "partition",
        table,
        action: command.replace ? "replace-from" : "attach-from",
        partition: partitionOf(command.partition, context),
        other: resolve(command.from, context),
      });
    case "fetch-partition":
      return one({ kind: "partition", table, action: "fetch", partition: partitionOf(command.partition, context), other: command.from });
    case "freeze":
    case "unfreeze":
      return one({
        kind: "partition",
        table,
        action: command.kind,
        partition: partitionOf(command.partition, context),
        other: command.name,
      });
    case "update":
      return one({
        kind: "alter-update",
        table,
        assignments: command.assignments.map((a) => ({ column: a.column.text, expression: readExpression(a.expression, context) })),
        where: readExpression(command.where, context),
        partition: partitionOf(command.partition, context),
      });
    case "delete":
      return one({
        kind: "alter-delete",
        table,
        where: readExpression(command.where, context),
        partition: partitionOf(command.partition, context),
      });
    case "apply-deleted-mask":
    case "apply-patches":
    case "rewrite-parts":
      return one({ kind: command.kind, table, partition: partitionOf(command.partition, context) });
    case "modify-constraint":
      return one({ kind: "modify-constraint", table, constraint: readConstraint(command.constraint, context), ifExists: command.ifExists });
    case "unlock-snapshot":
      return one({ kind: "partition", table, action: "unfreeze", partition: null, other: command.name });
    case "execute":
      return one({ kind: "opaque", reason: `EXECUTE ${command.name} does what the table's engine makes of it`, mayTouch: [table] });
    default:
      return command satisfies never;
  }
}

function positionOf(position: ColumnPosition | null): Position {
  return position === null ? null : position.kind === "first" ? "first" : { after: position.column.text };
}

export function partitionOf(partition: Partition | null, context: Context): PartitionRef {
  if (partition === null) return null;
  const text = sourceText(partition.at, context);
  return { kind: partition.kind === "part" ? "part" : partition.kind === "all" ? "all" : "partition", text };
}
