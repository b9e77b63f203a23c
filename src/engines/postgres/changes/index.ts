import type { Change, ObjectChange } from "../../../model/change.ts";
import { LOCK_MODES } from "../../../model/effects.ts";
import type { SchemaState, UserFunction } from "../../../model/schema.ts";
import { apply } from "../../../model/apply/index.ts";
import type { RawStatement } from "../engine.ts";
import { all, as, strings, tagOf, type Grammar, type Node } from "../parse/grammar.ts";
import type { Tree } from "../parse/read.ts";
import { moveAll } from "./alter-index.ts";
import { alterTable } from "./alter-table.ts";
import { call, calls } from "./calls.ts";
import { Context } from "./context.ts";
import { createIndex } from "./create-index.ts";
import { createAs, createTable, createView } from "./create.ts";
import { readCopy, readDelete, readInsert, readMerge, readUpdate } from "./data.ts";
import { readSelect } from "./select.ts";
import { readDrop, readRename, readSetSchema } from "./drop.ts";
import {
  alterDomain,
  alterEnum,
  alterSequence,
  createComposite,
  createDomain,
  createEnum,
  createSequence,
  createTrigger,
} from "./objects.ts";
import { readGrant, readRole } from "./grants.ts";
import { commandOf, MAINTENANCE } from "./commands.ts";
import { enumLabels } from "./enum-labels.ts";
import { alterFunction, createFunction } from "./functions.ts";
import { readDo } from "./plpgsql.ts";
import { readPolicy, readRule } from "./policies.ts";
import { readCursor, readDeclare, readDiscard, readExecute, readExplain, readPrepare } from "./prepared.ts";
import { alterPublication, createPublication } from "./publications.ts";
import { refusedSequence, refusedServer } from "./refused.ts";
import { newerSyntax } from "./since.ts";
import {
  isOn,
  objectName,
  readCluster,
  readComment,
  readDepends,
  readExtensionContents,
  readReindex,
  readStatistics,
  readVacuum,
} from "./utility.ts";
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
  const changes = readOne(tag, node, context);
  const [first, ...rest] = changes;
  if (first === undefined) return changes;
  const command = commandOf(node);
  const labels = enumLabels(node, context);
  const since = first.since ?? newerSyntax(node, context);
  const refused = first.refused ?? ("AlterTableStmt" in node || "CreateStmt" in node ? refusedSequence(node, context) : null);
  if (command === null && labels.length === 0 && since === null && refused === null) return changes;
  // What holds for the whole statement is told with its first change, before which nothing happens.
  const whole: Change = {
    ...first,
    ...(command === null ? {} : { writesAs: command }),
    ...(refused === null || refused === undefined ? {} : { refused }),
    ...(labels.length === 0 ? {} : { enumLabels: labels }),
    ...(since === null || since === undefined ? {} : { since }),
  };
  return [whole, ...rest];
}

function readOne(tag: string, node: Node, context: Context): Change[] {
  const reader = (readers as Readonly<Record<string, ((body: unknown, context: Context) => Change[]) | undefined>>)[tag];
  if (reader !== undefined) return reader((node as Readonly<Record<string, unknown>>)[tag], context);
  const command = MAINTENANCE[tag];
  // A type change may go by a cast of the project's own: that there are such casts is all that is remembered of them.
  const object = tag === "CreateCastStmt" ? ({ class: "cast", name: "of the project", action: "create", lenient: true } as const) : null;
  if (command !== undefined) return [context.change({ kind: "maintenance", command, table: null, ...(object === null ? {} : { object }) })];
  return [context.opaque(`${tag.replace(/Stmt$/, "")} statements are not known to tread`)];
}

const readers: Readers = {
  CreateStmt: (n, c) => createTable(n, c),
  CreateForeignTableStmt: (n, c) => {
    const [first, ...rest] = n.base === undefined ? [] : createTable(n.base, c, "foreign-table");
    const refused = refusedServer(n.servername, c);
    return first === undefined ? [] : [refused === null ? first : { ...first, refused }, ...rest];
  },
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
      : n.kind === "OBJECT_AGGREGATE"
        ? [createAggregate(strings(n.defnames), c)]
        : [c.change({ kind: "maintenance", command: `CREATE ${(n.kind ?? "").replace("OBJECT_", "")}`, table: null })],
  CreateExtensionStmt: (n, c) => {
    const version = as(all(n.options, "DefElem").find((o) => o.defname === "new_version")?.arg, "String")?.sval;
    return [
      c.change({
        kind: "create-extension",
        name: n.extname ?? "",
        ...(version === undefined ? {} : { version }),
        ...(n.if_not_exists === true ? { lenient: true } : {}),
      }),
    ];
  },
  CreatePLangStmt: (n, c) => [
    c.change({ kind: "create-extension", name: n.plname ?? "", ...(n.replace === true ? { lenient: true } : {}) }),
  ],
  AlterExtensionStmt: (n, c) => [
    needExtension(n.extname ?? "", c.change({ kind: "maintenance", command: "ALTER EXTENSION", table: null }), c),
  ],
  AlterExtensionContentsStmt: readExtensionContents,
  CreateSchemaStmt: (n, c) => {
    const name = n.schemaname ?? n.authrole?.rolename ?? "";
    const create = c.change({ kind: "create-schema", name, cascade: false, ...(n.if_not_exists === true ? { lenient: true } : {}) });
    return [create, ...readElements(n.schemaElts ?? [], name, create, c)];
  },
  TruncateStmt: (n, c) => {
    const ranges = all(n.relations, "RangeVar");
    const onlys = ranges.filter((r) => r.inh !== true).map((r) => c.relation(r));
    const names = ranges.map((r) => c.relation(r));
    const cascade = n.behavior === "DROP_CASCADE";
    return [c.change({ kind: "truncate", names, cascade, ...(onlys.length === 0 ? {} : { onlys }) })];
  },
  LockStmt: (n, c) => {
    // Modes count from 1 in lockdefs.h, weakest first, as LOCK_MODES does.
    const mode = LOCK_MODES[(n.mode ?? 8) - 1] ?? "AccessExclusive";
    const tables = all(n.relations, "RangeVar").map((r) => ({ name: c.relation(r), mode, ...(r.inh === true ? {} : { only: true }) }));
    return [c.change({ kind: "lock-table", tables, nowait: n.nowait === true })];
  },
  RefreshMatViewStmt: (n, c) => [
    c.change({
      kind: "refresh-materialized-view",
      name: c.relation(n.relation),
      concurrently: n.concurrent === true,
      withData: n.skipData !== true,
    }),
  ],
  ReindexStmt: readReindex,
  VacuumStmt: readVacuum,
  ClusterStmt: readCluster,
  CommentStmt: (n, c) => readComment(n, "COMMENT", c),
  SecLabelStmt: (n, c) => readComment(n, "SECURITY LABEL", c),
  CreateStatsStmt: readStatistics,
  AlterStatsStmt: (n, c) => [
    named("ALTER STATISTICS", "statistics", objectName("statistics", strings(n.defnames), undefined, c), "alter", n.missing_ok === true, c),
  ],
  AlterObjectDependsStmt: readDepends,
  RuleStmt: readRule,
  CreatePolicyStmt: (n, c) => readPolicy(n, "create", c),
  AlterPolicyStmt: (n, c) => readPolicy(n, "alter", c),
  AlterFunctionStmt: alterFunction,
  AlterOwnerStmt: (_n, c) => [c.change({ kind: "maintenance", command: "OWNER TO", table: null })],
  CreatePublicationStmt: createPublication,
  AlterPublicationStmt: alterPublication,
  CreateSubscriptionStmt: (n, c) => {
    const create = all(n.options, "DefElem").every((o) => !["connect", "create_slot"].includes(o.defname ?? "") || isOn(o.arg));
    return [
      named(create ? "CREATE SUBSCRIPTION" : "CREATE SUBSCRIPTION without a slot", "subscription", n.subname ?? "", "create", false, c),
    ];
  },
  AlterSubscriptionStmt: (n, c) => [named("ALTER SUBSCRIPTION", "subscription", n.subname ?? "", "alter", false, c)],
  DropSubscriptionStmt: (n, c) => {
    const known = c.state.objects?.has(`subscription ${n.subname ?? ""}`) === true;
    // One that is not there is refused before anything else is looked at.
    return [named(known ? "DROP SUBSCRIPTION" : "DROP", "subscription", n.subname ?? "", "drop", n.missing_ok === true, c)];
  },
  CreateEventTrigStmt: (n, c) => [named("CREATE EVENT TRIGGER", "event trigger", n.trigname ?? "", "create", false, c)],
  AlterEventTrigStmt: (n, c) => [named("ALTER EVENT TRIGGER", "event trigger", n.trigname ?? "", "alter", false, c)],
  CreateFdwStmt: (n, c) => [named("CREATE FOREIGN DATA WRAPPER", "foreign data wrapper", n.fdwname ?? "", "create", false, c)],
  AlterFdwStmt: (n, c) => [named("ALTER FOREIGN DATA WRAPPER", "foreign data wrapper", n.fdwname ?? "", "alter", false, c)],
  CreateForeignServerStmt: (n, c) => [named("CREATE SERVER", "server", n.servername ?? "", "create", n.if_not_exists === true, c)],
  AlterForeignServerStmt: (n, c) => [named("ALTER SERVER", "server", n.servername ?? "", "alter", false, c)],
  ImportForeignSchemaStmt: (n, c) => [
    c.opaque(`IMPORT FOREIGN SCHEMA ${n.remote_schema ?? ""} makes tables of whatever the remote server has`),
  ],
  CreateTableSpaceStmt: (_n, c) => [c.change({ kind: "maintenance", command: "CREATE TABLESPACE", table: null })],
  DropTableSpaceStmt: (_n, c) => [c.change({ kind: "maintenance", command: "DROP TABLESPACE", table: null })],
  CreatedbStmt: (_n, c) => [c.change({ kind: "maintenance", command: "CREATE DATABASE", table: null })],
  AlterSystemStmt: (_n, c) => [c.change({ kind: "maintenance", command: "ALTER SYSTEM", table: null })],
  GrantStmt: readGrant,
  CreateRoleStmt: (n, c) => readRole("CREATE ROLE", n, c),
  AlterRoleStmt: (n, c) => readRole("ALTER ROLE", n, c),
  ConstraintsSetStmt: (_n, c) => [c.change({ kind: "maintenance", command: "SET CONSTRAINTS", table: null })],
  ExplainStmt: readExplain,
  PrepareStmt: readPrepare,
  ExecuteStmt: readExecute,
  DeallocateStmt: (n, c) => [c.change({ kind: "deallocate", name: n.name ?? null })],
  DeclareCursorStmt: readDeclare,
  FetchStmt: (n, c) => readCursor(n.portalname, n.ismove === true ? "MOVE" : "FETCH", c),
  ClosePortalStmt: (n, c) => readCursor(n.portalname, "CLOSE", c),
  DiscardStmt: readDiscard,
  CallStmt: (n, c) => {
    const inner = calls([n.funccall?.args ?? []], c);
    return n.funccall === undefined ? [c.opaque("CALL of nothing")] : [...call(strings(n.funccall.funcname), c, "procedure"), ...inner];
  },
  DropOwnedStmt: (_n, c) => [c.opaque("DROP OWNED drops whatever the role owns")],
  ReassignOwnedStmt: (_n, c) => [c.opaque("REASSIGN OWNED locks whatever the role owns, one table after the other", [])],
  DropdbStmt: (n, c) => [c.change({ kind: "maintenance", command: "DROP DATABASE", table: null, name: n.dbname ?? "" })],
};

function newType(parts: readonly string[], context: Context): string {
  return parts.length > 1 ? parts.slice(-2).join(".") : `${context.creationSchema}.${parts[0] ?? ""}`;
}

function createAggregate(parts: readonly string[], context: Context): Change {
  const aggregate: UserFunction = {
    name: newType(parts, context),
    volatility: "immutable",
    language: "internal",
    body: null,
    routine: "aggregate",
  };
  return context.change({ kind: "create-function", function: aggregate, orReplace: true });
}

/** An object of the catalogue that a statement makes, changes or drops by its name. */
function named(
  command: string,
  objectClass: string,
  name: string,
  action: ObjectChange["action"],
  lenient: boolean,
  context: Context,
): Change {
  const object: ObjectChange = { class: objectClass, name, action, ...(lenient ? { lenient } : {}) };
  return context.change({ kind: "maintenance", command, table: null, object });
}

function needExtension(name: string, change: Change, context: Context): Change {
  if (!context.state.complete || context.state.extensions.has(name)) return change;
  return { ...change, refused: { sqlstate: "42704", message: `extension "${name}" does not exist` } };
}

/** Unqualified names in CREATE SCHEMA … CREATE TABLE are of the new schema, each element of which sees those before it. */
function readElements(elements: readonly Node[], schema: string, create: Change, context: Context): Change[] {
  const nobody = { migration: null };
  const session = { ...context.state.session, searchPath: [schema, ...context.state.session.searchPath] };
  let state: SchemaState = { ...apply(create, context.state, nobody), session };
  return elements.flatMap((element) => {
    const changes = readNode(element, context.in(state));
    for (const change of changes) state = apply(change, state, nobody);
    return changes;
  });
}
