import type { Change } from "../../../model/change.ts";
import { LOCK_MODES } from "../../../model/effects.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { indexOwner } from "../../../model/apply/index.ts";
import type { RawStatement } from "../engine.ts";
import { all, as, strings, tagOf, type Grammar, type Node } from "../parse/grammar.ts";
import type { Tree } from "../parse/read.ts";
import { moveAll } from "./alter-index.ts";
import { alterTable } from "./alter-table.ts";
import { call, calls } from "./calls.ts";
import { Context } from "./context.ts";
import { createIndex } from "./create-index.ts";
import { createAs, createTable, createView } from "./create.ts";
import { readCopy, readDelete, readInsert, readMerge, readSelect, readUpdate } from "./data.ts";
import { readDrop, readRename, readSetSchema } from "./drop.ts";
import {
  alterDomain,
  alterEnum,
  alterSequence,
  createComposite,
  createDomain,
  createEnum,
  createFunction,
  createSequence,
  createTrigger,
} from "./objects.ts";
import { readGrant, readRole } from "./grants.ts";
import { readDo } from "./plpgsql.ts";
import { longNames } from "./long-names.ts";
import { readSet, readTransaction } from "./session.ts";

type Bodies = { readonly [K in Tag]: Extract<Node, Record<K, unknown>>[K] };
type Tag = Node extends infer N ? (N extends object ? keyof N : never) : never;
type Readers = { readonly [K in Tag]?: (body: Bodies[K], context: Context) => Change[] };

/** What a statement changes, its names and types resolved against the schema before it. */
export function readChanges(raw: RawStatement, state: SchemaState, grammar: Grammar): Change[] {
  if (raw.opaque !== null) return [{ kind: "opaque", reason: raw.opaque, mayTouch: null, span: raw.span }];
  const tree = raw.tree as Tree | null;
  if (tree === null) return [{ kind: "maintenance", command: raw.sql.split(/\s/)[0] ?? "", table: null, span: raw.span }];
  const context = new Context({ sql: raw.sql, span: raw.span, verbatim: tree.verbatim }, state, grammar, readNode);
  const changes = tree.nodes.flatMap((node) => readNode(node, context));
  const truncated = longNames(raw.sql);
  const [first, ...rest] = changes;
  return truncated.length === 0 || first === undefined ? changes : [{ ...first, truncated }, ...rest];
}

function readNode(node: Node, context: Context): Change[] {
  const tag = tagOf(node);
  const reader = (readers as Readonly<Record<string, ((body: unknown, context: Context) => Change[]) | undefined>>)[tag];
  if (reader !== undefined) return reader((node as Readonly<Record<string, unknown>>)[tag], context);
  const command = MAINTENANCE[tag];
  if (command !== undefined) return [context.change({ kind: "maintenance", command, table: null })];
  return [context.opaque(`${tag.replace(/Stmt$/, "")} statements are not known to tread`)];
}

const readers: Readers = {
  CreateStmt: (n, c) => createTable(n, c),
  CreateForeignTableStmt: (n, c) => (n.base === undefined ? [] : createTable(n.base, c, "foreign-table")),
  CreateTableAsStmt: createAs,
  ViewStmt: createView,
  AlterTableStmt: alterTable,
  AlterTableMoveAllStmt: moveAll,
  IndexStmt: createIndex,
  DropStmt: readDrop,
  RenameStmt: readRename,
  AlterObjectSchemaStmt: readSetSchema,
  CreateEnumStmt: createEnum,
  AlterEnumStmt: alterEnum,
  CompositeTypeStmt: createComposite,
  CreateDomainStmt: createDomain,
  AlterDomainStmt: alterDomain,
  CreateFunctionStmt: createFunction,
  CreateSeqStmt: createSequence,
  AlterSeqStmt: alterSequence,
  CreateTrigStmt: createTrigger,
  InsertStmt: readInsert,
  UpdateStmt: readUpdate,
  DeleteStmt: readDelete,
  MergeStmt: readMerge,
  SelectStmt: readSelect,
  CopyStmt: readCopy,
  DoStmt: readDo,
  VariableSetStmt: readSet,
  TransactionStmt: readTransaction,
  CreateRangeStmt: (n, c) => [
    c.change({ kind: "create-type", type: { kind: "range", name: newType(strings(n.typeName), c), origin: { migration: null } } }),
  ],
  DefineStmt: (n, c) =>
    n.kind === "OBJECT_TYPE"
      ? [c.change({ kind: "create-type", type: { kind: "other", name: newType(strings(n.defnames), c), origin: { migration: null } } })]
      : [c.change({ kind: "maintenance", command: `CREATE ${(n.kind ?? "").replace("OBJECT_", "")}`, table: null })],
  CreateExtensionStmt: (n, c) => {
    const version = as(all(n.options, "DefElem").find((o) => o.defname === "new_version")?.arg, "String")?.sval;
    return [c.change({ kind: "create-extension", name: n.extname ?? "", ...(version === undefined ? {} : { version }) })];
  },
  CreateSchemaStmt: (n, c) => [
    c.change({ kind: "create-schema", name: n.schemaname ?? n.authrole?.rolename ?? "", cascade: false }),
    ...(n.schemaElts ?? []).flatMap((e) => readNode(e, c)),
  ],
  TruncateStmt: (n, c) => [
    c.change({ kind: "truncate", names: all(n.relations, "RangeVar").map((r) => c.relation(r)), cascade: n.behavior === "DROP_CASCADE" }),
  ],
  LockStmt: (n, c) => {
    // Modes count from 1 in lockdefs.h, weakest first, as LOCK_MODES does.
    const mode = LOCK_MODES[(n.mode ?? 8) - 1] ?? "AccessExclusive";
    return [
      c.change({
        kind: "lock-table",
        tables: all(n.relations, "RangeVar").map((r) => ({ name: c.relation(r), mode })),
        nowait: n.nowait === true,
      }),
    ];
  },
  RefreshMatViewStmt: (n, c) => [
    c.change({
      kind: "refresh-materialized-view",
      name: c.relation(n.relation),
      concurrently: n.concurrent === true,
      withData: n.skipData !== true,
    }),
  ],
  ReindexStmt: (n, c) => {
    const concurrently = all(n.params, "DefElem").some((p) => p.defname === "concurrently" && isOn(p.arg));
    const base = { kind: "reindex", concurrently } as const;
    const range = n.relation;
    if (n.kind === "REINDEX_OBJECT_INDEX") {
      const name = c.lookup(range?.schemaname, range?.relname ?? "", (q) => indexOwner(c.state, q) !== undefined);
      return [c.change({ ...base, target: "index", name })];
    }
    if (n.kind === "REINDEX_OBJECT_TABLE") return [c.change({ ...base, target: "table", name: c.relation(range) })];
    return [c.change({ ...base, target: n.kind === "REINDEX_OBJECT_SCHEMA" ? "schema" : "database", name: n.name ?? "" })];
  },
  VacuumStmt: (n, c) => {
    const on = new Set(all(n.options, "DefElem").flatMap((o) => (isOn(o.arg) ? [o.defname ?? ""] : [])));
    const command = n.is_vacuumcmd !== true ? "ANALYZE" : on.has("full") ? "VACUUM FULL" : "VACUUM";
    const tables = all(n.rels, "VacuumRelation").map((r) => c.relation(r.relation));
    if (tables.length === 0) return [c.change({ kind: "maintenance", command, table: null })];
    return tables.map((table) => c.change({ kind: "maintenance", command, table }));
  },
  ClusterStmt: (n, c) => [
    c.change({ kind: "maintenance", command: "CLUSTER", table: n.relation === undefined ? null : c.relation(n.relation) }),
  ],
  CommentStmt: (n, c) => {
    const parts = strings(as(n.object, "List")?.items);
    const table = n.objtype === "OBJECT_COLUMN" ? parts.slice(0, -1) : parts;
    const commented =
      n.objtype === "OBJECT_TABLE" || n.objtype === "OBJECT_COLUMN" || n.objtype === "OBJECT_VIEW" || n.objtype === "OBJECT_MATVIEW";
    return [
      c.change({ kind: "maintenance", command: "COMMENT", table: commented ? c.named(table, (q) => c.state.relations.has(q)) : null }),
    ];
  },
  CreateStatsStmt: (n, c) => {
    const range = all(n.relations, "RangeVar")[0];
    return [c.change({ kind: "maintenance", command: "CREATE STATISTICS", table: range === undefined ? null : c.relation(range) })];
  },
  RuleStmt: (n, c) => [c.change({ kind: "alter-table-other", table: c.relation(n.relation), action: "CREATE RULE" })],
  CreatePolicyStmt: (n, c) => [c.change({ kind: "alter-table-other", table: c.relation(n.table), action: "CREATE POLICY" })],
  AlterPolicyStmt: (n, c) => [c.change({ kind: "alter-table-other", table: c.relation(n.table), action: "ALTER POLICY" })],
  AlterOwnerStmt: (_n, c) => [c.change({ kind: "maintenance", command: "OWNER TO", table: null })],
  CreatePublicationStmt: (n, c) => publication(n.pubobjects, "CREATE PUBLICATION", c),
  AlterPublicationStmt: (n, c) => publication(n.pubobjects, "ALTER PUBLICATION", c),
  GrantStmt: readGrant,
  CreateRoleStmt: (n, c) => readRole("CREATE ROLE", n, c),
  AlterRoleStmt: (n, c) => readRole("ALTER ROLE", n, c),
  ConstraintsSetStmt: (_n, c) => [c.change({ kind: "maintenance", command: "SET CONSTRAINTS", table: null })],
  ExplainStmt: (n, c) => {
    const analyze = all(n.options, "DefElem").some((o) => o.defname === "analyze" && isOn(o.arg));
    if (analyze && n.query !== undefined) return readNode(n.query, c);
    return [c.change({ kind: "maintenance", command: "EXPLAIN", table: null })];
  },
  PrepareStmt: (n, c) => [c.opaque(`PREPARE ${n.name ?? ""}: what it does shows when it is executed`, [])],
  ExecuteStmt: (n, c) => [c.opaque(`EXECUTE ${n.name ?? ""}: tread does not follow prepared statements`)],
  CallStmt: (n, c) => {
    const inner = calls([n.funccall?.args ?? []], c);
    return n.funccall === undefined ? [c.opaque("CALL of nothing")] : [...call(strings(n.funccall.funcname), c), ...inner];
  },
  DropOwnedStmt: (_n, c) => [c.opaque("DROP OWNED drops whatever the role owns")],
  ReassignOwnedStmt: (_n, c) => [c.change({ kind: "maintenance", command: "REASSIGN OWNED", table: null })],
  DropdbStmt: (n, c) => [c.change({ kind: "maintenance", command: "DROP DATABASE", table: null, name: n.dbname ?? "" })],
};

/** Known to take no lock on a table, or none that anybody waits for. */
const MAINTENANCE: Readonly<Record<string, string>> = {
  GrantRoleStmt: "GRANT",
  AlterDefaultPrivilegesStmt: "ALTER DEFAULT PRIVILEGES",
  AlterRoleSetStmt: "ALTER ROLE",
  DropRoleStmt: "DROP ROLE",
  AlterFunctionStmt: "ALTER FUNCTION",
  AlterExtensionStmt: "ALTER EXTENSION",
  AlterExtensionContentsStmt: "ALTER EXTENSION",
  AlterTypeStmt: "ALTER TYPE",
  AlterStatsStmt: "ALTER STATISTICS",
  AlterDatabaseStmt: "ALTER DATABASE",
  AlterDatabaseSetStmt: "ALTER DATABASE",
  AlterDatabaseRefreshCollStmt: "ALTER DATABASE",
  AlterSystemStmt: "ALTER SYSTEM",
  AlterObjectDependsStmt: "DEPENDS ON EXTENSION",
  CreateCastStmt: "CREATE CAST",
  CreateOpClassStmt: "CREATE OPERATOR CLASS",
  CreateOpFamilyStmt: "CREATE OPERATOR FAMILY",
  AlterOpFamilyStmt: "ALTER OPERATOR FAMILY",
  AlterOperatorStmt: "ALTER OPERATOR",
  CreateConversionStmt: "CREATE CONVERSION",
  CreateTransformStmt: "CREATE TRANSFORM",
  CreateAmStmt: "CREATE ACCESS METHOD",
  CreatePLangStmt: "CREATE LANGUAGE",
  CreateEventTrigStmt: "CREATE EVENT TRIGGER",
  AlterEventTrigStmt: "ALTER EVENT TRIGGER",
  CreateFdwStmt: "CREATE FOREIGN DATA WRAPPER",
  AlterFdwStmt: "ALTER FOREIGN DATA WRAPPER",
  CreateForeignServerStmt: "CREATE SERVER",
  AlterForeignServerStmt: "ALTER SERVER",
  CreateUserMappingStmt: "CREATE USER MAPPING",
  AlterUserMappingStmt: "ALTER USER MAPPING",
  DropUserMappingStmt: "DROP USER MAPPING",
  AlterTSDictionaryStmt: "ALTER TEXT SEARCH DICTIONARY",
  AlterTSConfigurationStmt: "ALTER TEXT SEARCH CONFIGURATION",
  AlterCollationStmt: "ALTER COLLATION",
  CreateTableSpaceStmt: "CREATE TABLESPACE",
  DropTableSpaceStmt: "DROP TABLESPACE",
  CreateSubscriptionStmt: "CREATE SUBSCRIPTION",
  AlterSubscriptionStmt: "ALTER SUBSCRIPTION",
  DropSubscriptionStmt: "DROP SUBSCRIPTION",
  SecLabelStmt: "SECURITY LABEL",
  CreatedbStmt: "CREATE DATABASE",
  VariableShowStmt: "SHOW",
  DiscardStmt: "DISCARD",
  DeallocateStmt: "DEALLOCATE",
  NotifyStmt: "NOTIFY",
  ListenStmt: "LISTEN",
  UnlistenStmt: "UNLISTEN",
  CheckPointStmt: "CHECKPOINT",
  LoadStmt: "LOAD",
  ClosePortalStmt: "CLOSE",
  FetchStmt: "FETCH",
};

function newType(parts: readonly string[], context: Context): string {
  return parts.length > 1 ? parts.slice(-2).join(".") : `${context.creationSchema}.${parts[0] ?? ""}`;
}

function isOn(value: Node | undefined): boolean {
  if (value === undefined) return true;
  const text = as(value, "String")?.sval ?? as(value, "Boolean")?.boolval ?? as(value, "Integer")?.ival;
  return text !== "off" && text !== "false" && text !== false && text !== 0;
}

function publication(objects: readonly Node[] | undefined, command: string, context: Context): Change[] {
  const tables = all(objects, "PublicationObjSpec").flatMap((o) =>
    o.pubtable?.relation === undefined ? [] : [context.relation(o.pubtable.relation)],
  );
  if (tables.length === 0) return [context.change({ kind: "maintenance", command, table: null })];
  return tables.map((table) => context.change({ kind: "maintenance", command, table }));
}
