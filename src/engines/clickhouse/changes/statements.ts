import { rowsOfValues, widthOf } from "./literals.ts";
import type { ClickHouseChangeBody } from "../../../model/clickhouse/change.ts";
import type { ClickHouseSelect } from "../../../model/clickhouse/schema.ts";
import type { Drop, Expression, Insert, Name, Rename, Statement, Truncate } from "../parse/ast.ts";
import { partitionOf, readAlter } from "./alter.ts";
import { readSettings } from "./columns.ts";
import { resolve, sourceText, type Context } from "./context.ts";
import {
  readCreateDictionary,
  readCreateMaterializedView,
  readCreateTable,
  readCreateView,
  readCreateWindowView,
  type ReadChange,
} from "./create.ts";
import { readExpression } from "./expression.ts";
import { canonicalExpression } from "./render.ts";
import { readSelect } from "./select.ts";
import { readIndex } from "./tables.ts";

const plain = (change: ClickHouseChangeBody): ReadChange => ({ change, refused: null });
const read = (what: string, select: ClickHouseSelect | null = null): ReadChange => plain({ kind: "read", what, select });

/** What a statement changes; ALTER gives one change per command. */
export function readStatement(s: Statement, context: Context): ReadChange[] {
  switch (s.kind) {
    case "create-table":
      return [readCreateTable(s, context)];
    case "create-view":
      return [readCreateView(s, context)];
    case "create-materialized-view":
      return [readCreateMaterializedView(s, context)];
    case "create-window-view":
      return [readCreateWindowView(s, context)];
    case "create-dictionary":
      return [readCreateDictionary(s, context)];
    case "create-database":
      if (s.attach && s.storage === null) return [plain({ kind: "attach-database", name: s.name.text, ifNotExists: s.ifNotExists })];
      return [
        plain({
          kind: "create-database",
          database: {
            name: s.name.text,
            engine: s.storage?.engine?.name ?? "Atomic",
            engineArgs: (s.storage?.engine?.arguments ?? []).map(canonicalExpression),
            comment: s.comment?.value ?? null,
            cluster: s.onCluster?.name ?? null,
          },
          ifNotExists: s.ifNotExists,
        }),
      ];
    case "create-function": {
      const { definition } = s;
      const lambda = definition.kind === "lambda" ? definition : null;
      return [
        plain({
          kind: "create-function",
          function: {
            name: s.name.text,
            parameters: lambda?.parameters.map((p) => p.text) ?? [],
            body: readExpression(lambda?.body ?? definition, context),
          },
          ifNotExists: s.ifNotExists,
          orReplace: s.orReplace,
        }),
      ];
    }
    case "create-named-collection":
      return [
        plain({
          kind: "create-named-collection",
          collection: { name: s.name.text, keys: s.values.map((v) => v.name) },
          ifNotExists: s.ifNotExists,
          orReplace: false,
        }),
      ];
    case "alter-named-collection":
      return [
        plain({
          kind: "alter-named-collection",
          name: s.name.text,
          ifExists: s.ifExists,
          set: s.set.map((v) => v.name),
          removed: s.delete,
        }),
      ];
    case "create-index":
      if (s.hypothetical) return [read("CREATE HYPOTHETICAL INDEX")];
      return [
        plain({
          kind: "add-index",
          table: resolve(s.table, context),
          index: readIndex(s.index, context),
          ifNotExists: s.ifNotExists,
          position: null,
        }),
      ];
    case "drop-index":
      if (s.hypothetical) return [read("DROP HYPOTHETICAL INDEX")];
      return [plain({ kind: "drop-index", table: resolve(s.table, context), name: s.name.text, ifExists: s.ifExists })];
    case "attach":
      if (s.object === "database") return [plain({ kind: "attach-database", name: s.name.name.text, ifNotExists: s.ifNotExists })];
      return [
        plain({
          kind: "attach-table",
          name: resolve(s.name, context),
          ifNotExists: s.ifNotExists,
          dictionary: s.object === "dictionary",
          ...(s.asReplicated === null ? {} : { as: s.asReplicated ? "replicated" : "not-replicated" }),
        }),
      ];
    case "alter-table": {
      const table = resolve(s.name, context);
      return s.commands.flatMap((c) => readAlter(c, table, context));
    }
    case "alter-database":
      return [
        plain({
          kind: "alter-database",
          name: s.name.text,
          comment: s.comment,
          what: s.comment === null ? "MODIFY SETTING" : "MODIFY COMMENT",
        }),
      ];
    case "drop":
    case "detach":
      return dropped(s, context);
    case "drop-database":
    case "detach-database":
      return [plain({ kind: s.kind, name: s.name.text, ifExists: s.ifExists, sync: s.sync, permanently: s.permanently })];
    case "drop-function":
      return [plain({ kind: "drop-function", name: s.name.text, ifExists: s.ifExists })];
    case "drop-named-collection":
      return [plain({ kind: "drop-named-collection", name: s.name.text, ifExists: s.ifExists })];
    case "truncate":
      return [truncated(s, context)];
    case "undrop":
      return [plain({ kind: "undrop-table", name: resolve(s.name, context), uuid: s.uuid })];
    case "rename":
    case "exchange":
      return renamed(s, context);
    case "optimize":
      return [
        plain({
          kind: "optimize",
          table: resolve(s.name, context),
          final: s.final,
          partition: partitionOf(s.partition, context),
          deduplicate: s.deduplicate,
          ...(s.deduplicateBy?.every((e) => e.kind === "identifier") === true ? { by: s.deduplicateBy.map(canonicalName) } : {}),
          cleanup: s.cleanup,
          dryRun: s.dryRunParts !== null,
        }),
      ];
    case "insert":
      return [inserted(s, context)];
    case "select":
      return [read("SELECT", readSelect(s.query, context))];
    case "delete":
    case "update": {
      const common = {
        table: resolve(s.name, context),
        where: readExpression(s.where, context),
        partition: partitionOf(s.partition, context),
      };
      if (s.kind === "delete") return [plain({ kind: "lightweight-delete", ...common })];
      const assignments = s.assignments.map((a) => ({ column: a.column.text, expression: readExpression(a.expression, context) }));
      return [plain({ kind: "lightweight-update", ...common, assignments })];
    }
    case "system":
      return [plain({ kind: "system", command: s.command, table: s.table === null ? null : resolve(s.table, context) })];
    case "kill":
      return [
        plain({
          kind: "kill",
          what: s.object === "mutation" || s.object === "query" ? s.object : "other",
          where: readExpression(s.where, context),
        }),
      ];
    case "set":
      return [plain({ kind: "set", set: readSettings(s.settings) })];
    case "use":
      return [plain({ kind: "use", database: s.database.text })];
    case "access-control":
      if (s.action === "check-grant" || s.action === "set-role" || s.action === "execute-as") return [read(s.action.toUpperCase())];
      return [plain({ kind: "object", class: s.object ?? "access", action: s.action, names: [], lenient: true, tables: [] })];
    case "show":
    case "describe":
    case "exists":
    case "check":
    case "watch":
      return [read(s.kind.toUpperCase(), s.query === null ? null : readSelect(s.query, context))];
    case "explain":
      return [read("EXPLAIN")];
    case "backup":
    case "restore":
      return [plain({ kind: s.kind, tables: [] })];
    case "transaction":
      return [
        {
          change: { kind: "read", what: s.action.toUpperCase(), select: null },
          refused: { code: 48, message: "Transactions are not supported" },
        },
      ];
    case "parallel":
      return s.statements.flatMap((inner) => readStatement(inner, context));
    case "opaque":
      return [plain({ kind: "opaque", reason: s.reason, mayTouch: null })];
    case "syntax-error":
      return [plain({ kind: "opaque", reason: s.message, mayTouch: null })];
    default:
      return s satisfies never;
  }
}

const canonicalName = (e: Expression): string => (e.kind === "identifier" ? e.parts.map((p) => p.text).join(".") : "");

function dropped(s: Drop, context: Context): ReadChange[] {
  return s.names.map((n) => {
    const name = resolve(n, context);
    const { object, ifExists, sync } = s;
    return s.kind === "drop"
      ? plain({ kind: "drop-table", name, object, ifExists, ifEmpty: s.ifEmpty, sync, temporary: s.temporary })
      : plain({ kind: "detach-table", name, object, ifExists, permanently: s.permanently, sync });
  });
}

function truncated(s: Truncate, context: Context): ReadChange {
  const { target } = s;
  switch (target.kind) {
    case "table":
      return plain({ kind: "truncate", name: resolve(target.name, context), ifExists: s.ifExists, sync: s.sync });
    case "database":
      return plain({ kind: "truncate-database", name: target.name.text, ifExists: s.ifExists, like: null });
    case "all-tables":
      return plain({
        kind: "truncate-database",
        name: target.database.text,
        ifExists: s.ifExists,
        like:
          target.like === null
            ? null
            : `${target.like.not ? "NOT " : ""}${target.like.caseInsensitive ? "ILIKE" : "LIKE"} '${target.like.pattern}'`,
      });
    default:
      return target satisfies never;
  }
}

function renamed(s: Rename, context: Context): ReadChange[] {
  return s.pairs.map(({ from, to }) => {
    if (s.object === "database") return plain({ kind: "rename-database", name: from.name.text, to: to.name.text, ifExists: s.ifExists });
    const dictionary = s.object === "dictionary";
    const name = resolve(from, context);
    // RENAME TABLE a.t TO u moves it to the current database.
    return s.kind === "exchange"
      ? plain({ kind: "exchange-tables", name, with: resolve(to, context), dictionary })
      : plain({ kind: "rename-table", name, to: resolve(to, context), ifExists: s.ifExists, dictionary });
  });
}

function inserted(s: Insert, context: Context): ReadChange {
  const { target, source } = s;
  const { columns, except } = insertColumns(s.columns);
  return plain({
    kind: "insert",
    table: target.kind === "table" ? resolve(target.name, context) : target.function.name,
    intoFunction: target.kind === "function",
    columns,
    except,
    select: source.kind === "select" ? readSelect(source.query, context) : null,
    values: source.kind === "values" ? widthOf(sourceText(source.data, context)) : null,
    ...(source.kind === "values" ? { literals: rowsOfValues(sourceText(source.data, context)) } : {}),
  });
}

export function insertColumns(columns: readonly Expression[] | null): { columns: readonly string[] | null; except: readonly string[] } {
  if (columns === null) return { columns: null, except: [] };
  const names: string[] = [];
  for (const e of columns) {
    if (e.kind === "identifier") names.push(e.parts.map((p: Name) => p.text).join("."));
    else if (e.kind === "asterisk" || e.kind === "columns") {
      const except = e.transformers.flatMap((t) => (t.kind === "except" ? t.columns.map((c) => c.text) : []));
      return { columns: null, except };
    }
  }
  return { columns: names, except: [] };
}
