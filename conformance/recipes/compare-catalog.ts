import type { Client } from "pg";

/** Everything that the catalogue says about what users made: by what it is, and what it is like. */
export type Catalogue = ReadonlyMap<string, string>;

export interface Difference {
  readonly what: string;
  readonly here: string | null;
  readonly there: string | null;
}

const OWN = "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'tread')";
const ACL = (column: string, kind: string, owner: string): string =>
  `(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(coalesce(${column}, acldefault('${kind}', ${owner}))) a)`;

/**
 * Each gives (what, is). What a name alone says (places of columns, OIDs, physical layout) is left out: a table that was changed by way of a
 * second column has its columns in another order, and plans say so.
 */
const QUERIES: readonly string[] = [
  `SELECT 'schema ' || n.nspname, concat_ws('; ', n.nspowner::regrole, ${ACL("n.nspacl", "n", "n.nspowner")}, obj_description(n.oid, 'pg_namespace'))
     FROM pg_namespace n WHERE ${OWN}`,
  `SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || c.oid::regclass,
          concat_ws('; ', c.relkind, c.relpersistence, 'owner ' || c.relowner::regrole, 'acl ' || ${ACL("c.relacl", "r", "c.relowner")}, c.reloptions::text,
            CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END, 'replica identity ' || c.relreplident::text,
            'tablespace ' || c.reltablespace, 'comment ' || obj_description(c.oid, 'pg_class'),
            'partition of ' || (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1) || ' ' || pg_get_expr(c.relpartbound, c.oid),
            'partitioned by ' || CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  `SELECT 'column ' || c.oid::regclass || '.' || a.attname,
          concat_ws('; ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END, 'default ' || pg_get_expr(d.adbin, d.adrelid),
            'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''), 'collation ' || nullif(a.attcollation, t.typcollation)::regcollation::text,
            'acl ' || (SELECT string_agg(x::text, ' ' ORDER BY x::text) FROM unnest(a.attacl) x), 'statistics ' || nullif(a.attstattarget, -1),
            'storage ' || nullif(a.attstorage, t.typstorage)::text, a.attoptions::text, 'comment ' || col_description(c.oid, a.attnum))
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE ${OWN} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped`,
  `SELECT 'constraint ' || coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) || '.' || k.conname,
          concat_ws('; ', pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN 'not valid' END, CASE WHEN NOT k.conislocal THEN 'inherited' END,
            'index ' || nullif(k.conindid, 0)::regclass, 'comment ' || obj_description(k.oid, 'pg_constraint'))
     FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${OWN} AND k.contype <> 't'`,
  `SELECT 'index ' || i.indexrelid::regclass,
          concat_ws('; ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN i.indisclustered THEN 'clustered' END,
            CASE WHEN i.indisreplident THEN 'replica identity' END, CASE WHEN i.indisprimary THEN 'primary' END, c.reloptions::text,
            'part of ' || (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = c.oid), 'comment ' || obj_description(c.oid, 'pg_class'))
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'trigger ' || g.tgrelid::regclass || '.' || g.tgname, concat_ws('; ', pg_get_triggerdef(g.oid), g.tgenabled, 'comment ' || obj_description(g.oid, 'pg_trigger'))
     FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND NOT g.tgisinternal`,
  `SELECT 'sequence ' || s.seqrelid::regclass || ' values', concat_ws('; ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
            'owned by ' || (SELECT d.refobjid::regclass || '.' || a.attname || ' ' || d.deptype::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.objid = s.seqrelid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN}`,
  `SELECT 'type ' || t.oid::regtype, concat_ws('; ', t.typtype, 'owner ' || t.typowner::regrole, 'acl ' || ${ACL("t.typacl", "T", "t.typowner")},
            (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
            CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
            'comment ' || obj_description(t.oid, 'pg_type'))
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${OWN} AND t.typtype IN ('e', 'd', 'r')`,
  `SELECT 'function ' || p.oid::regprocedure, concat_ws('; ', CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END, 'owner ' || p.proowner::regrole,
            'acl ' || ${ACL("p.proacl", "f", "p.proowner")}, 'comment ' || obj_description(p.oid, 'pg_proc'))
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN}`,
  `SELECT 'policy ' || l.polrelid::regclass || '.' || l.polname, concat_ws('; ', l.polcmd, l.polpermissive, l.polroles::regrole[]::text, pg_get_expr(l.polqual, l.polrelid), pg_get_expr(l.polwithcheck, l.polrelid))
     FROM pg_policy l`,
  `SELECT 'rule ' || r.ev_class::regclass || '.' || r.rulename, pg_get_ruledef(r.oid)
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND r.rulename <> '_RETURN'`,
  `SELECT 'statistics ' || s.stxnamespace::regnamespace || '.' || s.stxname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${OWN}`,
  `SELECT 'publication ' || p.pubname || ' of ' || r.prrelid::regclass, to_jsonb(r)::text FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid`,
  `SELECT 'inherits ' || i.inhrelid::regclass || ' ' || i.inhparent::regclass, i.inhseqno::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OWN} AND c.relkind IN ('r', 'p')`,
  `SELECT 'extension ' || extname, extversion FROM pg_extension`,
];

export async function readCatalogue(client: Client): Promise<Catalogue> {
  const found = new Map<string, string>();
  for (const sql of QUERIES) {
    const { rows } = await client.query<[string, string | null]>({ text: sql, rowMode: "array" });
    for (const [what, is] of rows) found.set(what, (is ?? "").replace(/OID:? \d+/g, ""));
  }
  return found;
}

/** In the order of their names. */
export function compareCatalogues(here: Catalogue, there: Catalogue): readonly Difference[] {
  return [...new Set([...here.keys(), ...there.keys()])].sort().flatMap((what) => {
    const [a, b] = [here.get(what) ?? null, there.get(what) ?? null];
    return a === b ? [] : [{ what, here: a, there: b }];
  });
}

export function showDifference({ what, here, there }: Difference): string {
  if (here === null) return `${what} is missing here; there: ${there ?? ""}`;
  if (there === null) return `${what} is too much here: ${here}`;
  return `${what}: here ${here}; there ${there}`;
}
