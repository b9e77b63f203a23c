import { bareName, displayName, type Relation, type SchemaState } from "../model/schema.ts";
import { quoteLiteral } from "../text/quote.ts";
import { verify } from "./build.ts";
import type { Misfit } from "./recipe.ts";
import { regclass, sqlTable } from "./sql.ts";
import type { Step } from "./types.ts";
import type { Twin } from "./exchange/twin.ts";

function list(names: readonly string[]): string {
  return names.length === 0 ? "ARRAY[]::text[]" : `ARRAY[${names.map((name) => quoteLiteral(name).trim()).join(", ")}]`;
}

/**
 * A plan is made from migrations; a database may know more. What depends on the column and is not in the plan (an index, a view, a policy, a
 * publication's column list made by hand) stops it before anything is changed.
 */
export function nothingElse(twin: Twin, views: readonly string[]): Step {
  const { table, column } = twin;
  const known = [
    ...table.indexes.map(({ name }) => bareName(name)),
    ...table.constraints.map(({ name }) => name),
    ...twin.pointing.map(({ constraint }) => constraint.name),
    `${bareName(table.name)}_${column.name}_not_null`,
  ];
  const plain = [...twin.keys, ...twin.pointing].flatMap(({ constraint: { name, references } }) =>
    references?.onUpdate === undefined && references?.matchFull !== true ? [name] : [],
  );
  // Whoever made an index on one partition by hand would lose it with the column.
  const whole =
    table.kind === "partitioned-table"
      ? `a.attrelid IN (SELECT relid FROM pg_partition_tree(${regclass(table.name)})) AND NOT (d.classid = 'pg_constraint'::regclass AND (SELECT contype FROM pg_constraint WHERE oid = d.objid) = 'n')`
      : `a.attrelid = ${regclass(table.name)}`;
  return verify(
    `nothing-else-on-${column.name}`,
    "nothing depends on the column but what the plan knows",
    `SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS unknown
  FROM pg_attribute a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
 WHERE ${whole} AND a.attname = ${quoteLiteral(column.name).trim()} AND d.classid <> 'pg_attrdef'::regclass
   AND NOT (d.classid = 'pg_class'::regclass AND ((SELECT relkind FROM pg_class WHERE oid = d.objid) = 'S' OR (SELECT relname FROM pg_class WHERE oid = d.objid) = ANY (${list(known)})))
   AND NOT (d.classid = 'pg_constraint'::regclass AND (SELECT conname FROM pg_constraint WHERE oid = d.objid) = ANY (${list(known)}))
   AND NOT (d.classid = 'pg_rewrite'::regclass AND (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) = ANY (ARRAY[${views.map((view) => regclass(view)).join(", ")}]::regclass[]))
UNION ALL
SELECT 'the foreign key ' || conname || ' says ON UPDATE or MATCH FULL, which the migrations do not'
  FROM pg_constraint WHERE contype = 'f' AND (confupdtype <> 'a' OR confmatchtype <> 's') AND conname = ANY (${list(plain)}) AND ${regclass(table.name)} IN (conrelid, confrelid)
UNION ALL
SELECT 'the replica identity is the index ' || indexrelid::regclass
  FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
 WHERE i.indrelid = ${regclass(table.name)} AND i.indisreplident AND a.attname = ${quoteLiteral(column.name).trim()}
UNION ALL
SELECT 'the sequence of the identity has settings of its own'
  FROM pg_attribute a JOIN pg_sequence s ON s.seqrelid = pg_get_serial_sequence(${quoteLiteral(sqlTable(table.name)).trim()}, a.attname)::regclass
 WHERE a.attrelid = ${regclass(table.name)} AND a.attname = ${quoteLiteral(column.name).trim()} AND a.attidentity <> '' AND (s.seqincrement <> 1 OR s.seqstart <> 1 OR s.seqmin <> 1 OR s.seqcycle OR s.seqcache <> 1)`,
    `the database has what the migrations do not say, and the plan would lose it: make the plan again with --database-url, or take the named object away first`,
  );
}

/** Every view over the column and every view over those, in the order in which they can be made. */
export function viewsAbove(relations: ReadonlyMap<string, Relation>, table: string, column: string): readonly Relation[] {
  return viewsAboveAll(relations, [{ table, column }]);
}

/** As `viewsAbove`, over any of several columns. */
export function viewsAboveAll(
  relations: ReadonlyMap<string, Relation>,
  columns: readonly { readonly table: string; readonly column: string }[],
): readonly Relation[] {
  const found: Relation[] = [];
  const reads = (view: Relation): boolean =>
    view.reads?.some(
      (ref) =>
        // A reference without a column is to the relation: every view has it, whichever columns it reads.
        columns.some(({ table, column }) => ref.relation === table && ref.column === column) ||
        found.some(({ name }) => name === ref.relation),
    ) === true;
  for (let grown = true; grown;) {
    grown = false;
    for (const view of relations.values()) {
      if ((view.kind !== "view" && view.kind !== "materialized-view") || found.includes(view) || !reads(view)) continue;
      found.push(view);
      grown = true;
    }
  }
  return found;
}

/** What reads a column that is exchanged and cannot be made anew in the instant of the exchange. */
export function notMadeAnew(schema: SchemaState, table: string, column: string): readonly Misfit[] {
  const shown = `${displayName(table)}.${column}`;
  return [
    ...viewsAbove(schema.relations, table, column)
      .filter(({ kind }) => kind === "materialized-view")
      .map((view) => ({
        reason: `the materialized view ${displayName(view.name)} reads ${shown}`,
        help: "it cannot be made anew in an instant: drop it before the plan, and make it again after it",
      })),
    ...[...schema.functions.values()]
      .filter((fn) => fn.stored === true && fn.reads?.some((ref) => ref.relation === table && ref.column === column) === true)
      .map((fn) => ({
        reason: `the function ${displayName(fn.name)} has a body in standard SQL that reads ${shown}`,
        help: "drop it before the plan, and make it again after it",
      })),
  ];
}

/** As `nothingElse`, for an enum that is made anew: functions, casts, domains and columns that the plan does not know stop it. */
export function nothingElseOfType(type: string, twins: readonly Twin[], views: readonly string[]): Step {
  const own = `${quoteLiteral(sqlTable(type)).trim()}::regtype`;
  const columns = twins.map(({ table, column }) => `(${regclass(table.name)}, ${quoteLiteral(column.name).trim()})`);
  const known = columns.length === 0 ? "(SELECT NULL::oid, NULL::text)" : `(VALUES ${columns.join(", ")})`;
  const objects = twins.flatMap(({ table }) => [
    ...table.indexes.map(({ name }) => bareName(name)),
    ...table.constraints.map(({ name }) => name),
  ]);
  return verify(
    `nothing-else-of-${bareName(type)}`,
    "nothing is made of the type but what the plan knows",
    `SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS unknown
  FROM pg_type t JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
 WHERE t.oid = ${own} AND d.deptype <> 'i'
   AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_attribute a JOIN ${known} k (relation, name) ON a.attrelid = k.relation AND a.attname = k.name WHERE a.attrelid = d.objid AND a.attnum = d.objsubid))
   AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum JOIN ${known} k (relation, name) ON a.attrelid = k.relation AND a.attname = k.name WHERE f.oid = d.objid))
   AND NOT (d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND (SELECT relname FROM pg_class WHERE oid = d.objid) = ANY (${list(objects)}))
   AND NOT (d.classid = 'pg_constraint'::regclass AND (SELECT conname FROM pg_constraint WHERE oid = d.objid) = ANY (${list(objects)}))
   AND NOT (d.classid = 'pg_rewrite'::regclass AND (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) = ANY (ARRAY[${views.map((view) => regclass(view)).join(", ")}]::regclass[]))
   AND NOT (d.classid = 'pg_class'::regclass AND d.objid = ANY (ARRAY[${views.map((view) => regclass(view)).join(", ")}]::regclass[]))`,
    "the database has what the migrations do not say (a function, a column, a cast of this type), and the old type could not go: make the plan again with --database-url, or take the named object away first",
  );
}
