import { bareName, type Relation } from "../model/schema.ts";
import { quoteLiteral } from "../text/quote.ts";
import { verify } from "./build.ts";
import { regclass, sqlTable } from "./sql.ts";
import type { Step } from "./types.ts";
import type { Twin } from "./twin.ts";

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
  return verify(
    `nothing-else-on-${column.name}`,
    "nothing depends on the column but what the plan knows",
    `SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS unknown
  FROM pg_attribute a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
 WHERE a.attrelid = ${regclass(table.name)} AND a.attname = ${quoteLiteral(column.name).trim()} AND d.classid <> 'pg_attrdef'::regclass
   AND NOT (d.classid = 'pg_class'::regclass AND ((SELECT relkind FROM pg_class WHERE oid = d.objid) = 'S' OR (SELECT relname FROM pg_class WHERE oid = d.objid) = ANY (${list(known)})))
   AND NOT (d.classid = 'pg_constraint'::regclass AND (SELECT conname FROM pg_constraint WHERE oid = d.objid) = ANY (${list(known)}))
   AND NOT (d.classid = 'pg_rewrite'::regclass AND (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid) = ANY (ARRAY[${views.map((view) => regclass(view)).join(", ")}]::regclass[]))
UNION ALL
SELECT 'the foreign key ' || conname || ' says ON UPDATE or MATCH FULL'
  FROM pg_constraint WHERE contype = 'f' AND (confupdtype <> 'a' OR confmatchtype <> 's') AND conname = ANY (${list([...twin.keys, ...twin.pointing].map(({ constraint }) => constraint.name))}) AND ${regclass(table.name)} IN (conrelid, confrelid)
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
  const found: Relation[] = [];
  const reads = (view: Relation): boolean =>
    view.reads?.some(
      (ref) =>
        (ref.relation === table && (ref.column === null || ref.column === column)) || found.some(({ name }) => name === ref.relation),
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
