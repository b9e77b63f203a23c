/**
 * Queries on the catalogue of PostgreSQL 13 to 18, run with an empty `search_path` so that every name comes back qualified. A column
 * that only newer majors have is read through `to_jsonb`, which is NULL where it is not there.
 *
 * User objects are those with an oid from 16384 on (`FirstNormalObjectId` in transam.h, what initdb made lies below), outside of the
 * system's schemas, that no extension owns (`pg_depend.deptype = 'e'`): what `pg_dump` dumps.
 */
const USER_SCHEMA = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;

function notOfExtension(catalogue: string, oid: string, kinds = "'e'"): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalogue}'::pg_catalog.regclass AND e.objid = ${oid} AND e.deptype IN (${kinds}))`;
}

export const SCHEMAS: string = `
SELECT n.oid::int8 AS oid, n.nspname AS name FROM pg_catalog.pg_namespace n
WHERE n.oid >= 16384 AND ${USER_SCHEMA} AND ${notOfExtension("pg_namespace", "n.oid")}`;

export const EXTENSIONS: string = `
SELECT x.oid::int8 AS oid, x.extname AS name, n.nspname AS schema FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
WHERE x.oid >= 16384`;

export const COLLATIONS: string = `
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.collname AS name, pg_catalog.to_jsonb(c) AS facts
FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE c.oid >= 16384 AND ${USER_SCHEMA} AND ${notOfExtension("pg_collation", "c.oid")}`;

const COLLATION_OF = (
  column: string,
  type: string,
): string => `(SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
      FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
      WHERE co.oid = ${column} AND ${column} <> (SELECT ty.typcollation FROM pg_catalog.pg_type ty WHERE ty.oid = ${type}))`;

/** Enums, domains, composites, ranges, base types and shells; not the row types of tables, and no arrays. */
export const TYPES: string = `
SELECT t.oid::int8 AS oid, n.nspname AS schema, t.typname AS name, t.typtype::text AS kind, t.typisdefined AS defined, t.typnotnull AS not_null,
  pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base, t.typdefault AS "default", ${COLLATION_OF("t.typcollation", "t.typbasetype")} AS collation,
  (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS labels,
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', k.conname, 'definition', pg_catalog.pg_get_constraintdef(k.oid), 'valid', k.convalidated) ORDER BY k.conname)
    FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'collation', ${COLLATION_OF("a.attcollation", "a.atttypid")}) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype = 'c') AS attributes,
  (SELECT pg_catalog.json_build_object('subtype', pg_catalog.format_type(r.rngsubtype, NULL),
      'multirange', (SELECT mn.nspname || '.' || m.typname FROM pg_catalog.pg_type m JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace WHERE m.oid = (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid))
    FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid) AS range
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE t.oid >= 16384 AND ${USER_SCHEMA} AND (t.typtype <> 'c' OR c.relkind = 'c') AND t.typtype <> 'm'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type element WHERE element.typarray = t.oid) AND ${notOfExtension("pg_type", "t.oid")}`;

/** Types that extensions bring, by name: a migration writes `citext` and means `public.citext`. */
export const EXTENSION_TYPES: string = `
SELECT n.nspname AS schema, t.typname AS name FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid >= 16384 AND t.typtype IN ('b', 'd', 'e', 'r', 'c') AND n.nspname <> 'pg_catalog' AND NOT (${notOfExtension("pg_type", "t.oid")})
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type element WHERE element.typarray = t.oid)`;

/** Functions that extensions bring, with the most volatile of their overloads. */
export const EXTENSION_FUNCTIONS: string = `
SELECT n.nspname AS schema, p.proname AS name, pg_catalog.max(pg_catalog.array_position(ARRAY['i', 's', 'v'], p.provolatile::text)) AS volatility
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= 16384 AND n.nspname <> 'pg_catalog' AND p.prokind IN ('f', 'w') AND NOT (${notOfExtension("pg_proc", "p.oid")})
GROUP BY 1, 2`;

export const FUNCTIONS: string = `
SELECT p.oid::int8 AS oid, n.nspname AS schema, p.proname AS name, p.prokind::text AS kind,
  CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition,
  pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
  (SELECT pg_catalog.json_build_object('transition', a.aggtransfn::pg_catalog.text, 'state', pg_catalog.format_type(a.aggtranstype, NULL),
      'final', NULLIF(a.aggfinalfn::pg_catalog.text, '-'), 'initial', a.agginitval, 'kind', a.aggkind)
    FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid) AS aggregate
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.oid >= 16384 AND ${USER_SCHEMA} AND ${notOfExtension("pg_proc", "p.oid")}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND i.objid = p.oid AND i.deptype = 'i')`;

/** Sequences but those of identity columns, with the column that owns them. */
export const SEQUENCES: string = `
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, pg_catalog.format_type(s.seqtypid, NULL) AS type, s.seqstart::text AS start, s.seqincrement::text AS increment,
  s.seqmin::text AS min, s.seqmax::text AS max, s.seqcache::text AS cache, s.seqcycle AS cycle, c.relpersistence::text AS persistence, d.refobjid::int8 AS owner, a.attname AS owner_column
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.oid >= 16384 AND ${USER_SCHEMA} AND c.relpersistence <> 't' AND d.deptype IS DISTINCT FROM 'i' AND ${notOfExtension("pg_class", "c.oid")}`;

/** Sequences behind identity columns: they may have been renamed. */
export const IDENTITY_SEQUENCES: string = `
SELECT n.nspname AS schema, c.relname AS name, tn.nspname AS table_schema, t.relname AS table_name, a.attname AS column_name, t.oid::int8 AS owner
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype = 'i'
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.oid >= 16384`;

/** Tables, partitioned and foreign tables, views and materialized views. */
export const RELATIONS: string = `
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relpersistence::text AS persistence, c.relrowsecurity AS row_security,
  c.relforcerowsecurity AS force_row_security, c.reloptions AS options, c.relispopulated AS populated, c.relreplident::text AS replica_identity,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition,
  CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
  CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS bound,
  (SELECT s.srvname FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) AS server,
  (SELECT pg_catalog.json_agg(i.inhparent::int8 ORDER BY i.inhseqno) FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
      'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated, 'local', a.attislocal,
      'collation', ${COLLATION_OF("a.attcollation", "a.atttypid")}) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.oid >= 16384 AND ${USER_SCHEMA} AND c.relpersistence <> 't' AND ${notOfExtension("pg_class", "c.oid")}`;

/** `n` (NOT NULL) exists from 18 on. */
export const CONSTRAINTS: string = `
SELECT k.oid::int8 AS oid, k.conrelid::int8 AS relation, k.conname AS name, k.contype::text AS kind, k.convalidated AS valid, k.conislocal AS local, k.conparentid::int8 AS parent,
  pg_catalog.pg_get_constraintdef(k.oid) AS definition, k.conindid::int8 AS index,
  (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND k.contype = 'n') AS column
FROM pg_catalog.pg_constraint k WHERE k.conrelid <> 0 AND k.oid >= 16384 AND k.contype IN ('c', 'f', 'p', 'u', 'x', 'n')`;

export const INDEXES: string = `
SELECT i.indexrelid::int8 AS oid, i.indrelid::int8 AS relation, n.nspname AS schema, c.relname AS name, i.indisvalid AS valid, i.indisreplident AS replica_identity, pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
  (SELECT h.inhparent::int8 FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.indexrelid) AS parent,
  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')) AS of_constraint
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indexrelid >= 16384 AND ${USER_SCHEMA}`;

export const TRIGGERS: string = `
SELECT t.oid::int8 AS oid, t.tgrelid::int8 AS relation, t.tgname AS name, pg_catalog.pg_get_triggerdef(t.oid) AS definition, t.tgenabled::text AS enabled
FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.oid >= 16384 AND COALESCE(pg_catalog.to_jsonb(t) ->> 'tgparentid', '0') = '0'`;

export const RULES: string = `
SELECT r.oid::int8 AS oid, r.ev_class::int8 AS relation, r.rulename AS name, r.rulename = '_RETURN' AS of_view, CASE WHEN r.rulename <> '_RETURN' THEN pg_catalog.pg_get_ruledef(r.oid) END AS definition
FROM pg_catalog.pg_rewrite r WHERE r.oid >= 16384`;

export const POLICIES: string = `
SELECT p.oid::int8 AS oid, p.polrelid::int8 AS relation, p.polname AS name, p.polcmd::text AS command, p.polpermissive AS permissive,
  (SELECT pg_catalog.json_agg(CASE WHEN r.oid = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r.oid)) END) FROM pg_catalog.unnest(p.polroles) AS r(oid)) AS roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_expression, pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression
FROM pg_catalog.pg_policy p WHERE p.oid >= 16384`;

export const STATISTICS: string = `
SELECT s.oid::int8 AS oid, s.stxname AS name, pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE s.oid >= 16384 AND ${USER_SCHEMA} AND ${notOfExtension("pg_statistic_ext", "s.oid")}`;

/** What must be there first; `auto` dependencies say only what goes together (a serial's sequence on its table). The parts of an object (defaults, row types, view rules) are traced back to it by `OWNERS`. */
export const DEPENDENCIES: string = `
SELECT d.classid::pg_catalog.regclass::text AS class, d.objid::int8 AS oid, d.refclassid::pg_catalog.regclass::text AS needs_class, d.refobjid::int8 AS needs
FROM pg_catalog.pg_depend d WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype = 'n' AND (d.classid, d.objid) <> (d.refclassid, d.refobjid)`;

export const OWNERS: string = `
SELECT 'pg_attrdef' AS class, d.oid::int8 AS oid, 'pg_class' AS owner_class, d.adrelid::int8 AS owner FROM pg_catalog.pg_attrdef d WHERE d.oid >= 16384
UNION ALL SELECT 'pg_type', t.oid::int8, 'pg_class', t.typrelid::int8 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind <> 'c' WHERE t.oid >= 16384
UNION ALL SELECT 'pg_class', c.oid::int8, 'pg_type', c.reltype::int8 FROM pg_catalog.pg_class c WHERE c.relkind = 'c' AND c.oid >= 16384
UNION ALL SELECT 'pg_type', e.typarray::int8, 'pg_type', e.oid::int8 FROM pg_catalog.pg_type e WHERE e.typarray >= 16384
UNION ALL SELECT 'pg_constraint', k.oid::int8, 'pg_class', k.conrelid::int8 FROM pg_catalog.pg_constraint k WHERE k.contype IN ('c', 'n') AND k.convalidated AND k.conrelid <> 0 AND k.oid >= 16384
UNION ALL SELECT 'pg_constraint', k.oid::int8, 'pg_type', k.contypid::int8 FROM pg_catalog.pg_constraint k WHERE k.contypid <> 0 AND k.oid >= 16384
UNION ALL SELECT 'pg_class', k.conindid::int8, 'pg_constraint', k.oid::int8 FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'u', 'x') AND k.conrelid <> 0 AND k.oid >= 16384
UNION ALL SELECT 'pg_rewrite', r.oid::int8, 'pg_class', r.ev_class::int8 FROM pg_catalog.pg_rewrite r WHERE r.rulename = '_RETURN' AND r.oid >= 16384`;

/** Which tables; column lists and row filters are left out, because no lock and no error of a migration depends on them. */
export const PUBLICATIONS: string = `
SELECT p.oid::int8 AS oid, p.pubname AS name, p.puballtables AS all_tables,
  (SELECT pg_catalog.json_agg(pr.prrelid::int8 ORDER BY pr.prrelid) FROM pg_catalog.pg_publication_rel pr WHERE pr.prpubid = p.oid) AS tables
FROM pg_catalog.pg_publication p WHERE p.oid >= 16384`;

/** Kinds of objects that are counted and not read: they change what a statement means only through something that is read. */
export const NOT_READ: string = `
SELECT * FROM (VALUES
  ('operator', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_operator o WHERE o.oid >= 16384 AND ${notOfExtension("pg_operator", "o.oid")})),
  ('operator class', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_opclass o WHERE o.oid >= 16384 AND ${notOfExtension("pg_opclass", "o.oid")})),
  ('cast', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_cast o WHERE o.oid >= 16384 AND ${notOfExtension("pg_cast", "o.oid", "'e', 'i'")})),
  ('text search configuration', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_ts_config o WHERE o.oid >= 16384 AND ${notOfExtension("pg_ts_config", "o.oid")})),
  ('event trigger', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger o WHERE o.oid >= 16384 AND ${notOfExtension("pg_event_trigger", "o.oid")}))
) AS kinds(kind, count) WHERE count > 0`;
