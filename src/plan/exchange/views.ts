import { displayName } from "../../model/schema.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { together, undo } from "../build.ts";
import { block, grantee } from "../carry.ts";
import { sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";

/** Views that are dropped and made again in one lock, and the function that does so. */
export interface ViewsAgain {
  /** Qualified, in the order in which they can be made. */
  readonly views: readonly string[];
  /** Qualified, with room for five bytes: a second function, which says no where a view has changed since, is called `…_same`. */
  readonly by: string;
}

/**
 * Reading what views are (definitions, owners, options, privileges, comments) takes longer than everything else of an exchange: measured on
 * PostgreSQL 18, two views, a busy machine, 7 to 14 ms of 25. So it is written down before, as a function that makes them again, with one beside it
 * that says no where a view has changed since.
 */
export function rememberViews({ views, by }: ViewsAgain): readonly string[] {
  if (views.length === 0) return [];
  const list = views.map((view) => quoteLiteral(sqlTable(view)).trim()).join(", ");
  return [
    block(
      `writes a function that makes the views ${views.map(sqlTable).join(", ")} again as they are, and nothing else`,
      "  v record;\n  made text := '';\n  ids oid[];\n  state text := 'SELECT string_agg(c.xmin::text || '':'' || r.xmin::text, '','' ORDER BY r.oid) FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE c.oid = ANY (%L::oid[])';",
      `  FOR v IN
    SELECT w.at, c.oid::regclass::text AS name, c.relowner::regrole::text AS owner, pg_get_viewdef(c.oid) AS definition, array_to_string(c.reloptions, ', ') AS options,
           obj_description(c.oid, 'pg_class') AS comment,
           ARRAY(SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, c.oid::regclass, ${grantee}) FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) ||
           ARRAY(SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, t.attname, c.oid::regclass, ${grantee}) FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid) ||
           ARRAY(SELECT format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, t.attname, pg_get_expr(d.adbin, d.adrelid)) FROM pg_attrdef d JOIN pg_attribute t ON t.attrelid = d.adrelid AND t.attnum = d.adnum WHERE d.adrelid = c.oid) ||
           ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) ||
           ARRAY(SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') ||
           ARRAY(SELECT format('COMMENT ON COLUMN %s.%I IS %L', c.oid::regclass, t.attname, col_description(c.oid, t.attnum)) FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0 AND col_description(c.oid, t.attnum) IS NOT NULL) AS said
      FROM unnest(ARRAY[${list}]) WITH ORDINALITY w (view, at) JOIN pg_class c ON c.oid = w.view::regclass ORDER BY w.at
  LOOP
    made := made || format(E'EXECUTE %L;\\n', format('CREATE VIEW %s%s AS %s', v.name, CASE WHEN v.options <> '' THEN format(' WITH (%s)', v.options) ELSE '' END, v.definition))
      || CASE WHEN v.owner <> quote_ident(current_user) THEN format(E'EXECUTE %L;\\n', format('ALTER VIEW %s OWNER TO %s', v.name, v.owner)) ELSE '' END
      || CASE WHEN v.comment IS NULL THEN '' ELSE format(E'EXECUTE %L;\\n', format('COMMENT ON VIEW %s IS %L', v.name, v.comment)) END
      || coalesce((SELECT string_agg(format(E'EXECUTE %L;\\n', one), '') FROM unnest(v.said) one), '');
    ids := ids || v.name::regclass::oid;
  END LOOP;
  EXECUTE format('CREATE OR REPLACE FUNCTION %s() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS %L', ${quoteLiteral(sqlTable(by)).trim()}, format(E'BEGIN\\n%sEND', made));
  EXECUTE format('CREATE OR REPLACE FUNCTION %s() RETURNS void LANGUAGE plpgsql AS %L', ${quoteLiteral(sqlTable(`${by}_same`)).trim()}, format(E'BEGIN\\nIF (%s) IS DISTINCT FROM %L THEN\\nRAISE EXCEPTION ''a view has changed since it was written down: run the step before this one again'';\\nEND IF;\\nEND',
    format(state, ids), (SELECT string_agg(c.xmin::text || ':' || r.xmin::text, ',' ORDER BY r.oid) FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE c.oid = ANY (ids))));`,
    ),
  ];
}

/** @param checked the views were written down in the state that they are in: to be looked at; on the way back the words hold as they are */
export function aroundViews({ views, by }: ViewsAgain, between: readonly string[], checked: boolean): readonly string[] {
  if (views.length === 0) return between;
  return [
    ...(checked ? [`SELECT ${sqlTable(`${by}_same`)}()`] : []),
    `-- tread-ignore drop-table: made again in the same transaction, with owner, options, privileges and comments\nDROP VIEW ${views.toReversed().map(sqlTable).join(", ")}`,
    ...between,
    block(`makes the views ${views.map(sqlTable).join(", ")} again as they were, and nothing else`, "", `  PERFORM ${sqlTable(by)}();`),
  ];
}

export function forgetViews({ views, by }: ViewsAgain): readonly string[] {
  return views.length === 0 ? [] : [`DROP FUNCTION ${sqlTable(by)}(), ${sqlTable(`${by}_same`)}()`];
}

/** The statements with everything in one transaction, as somebody would write them by hand. */
export function withViews(again: ViewsAgain, between: readonly string[]): readonly string[] {
  return again.views.length === 0
    ? between
    : ["BEGIN", ...rememberViews(again), ...aroundViews(again, between, false), ...forgetViews(again), "COMMIT"];
}

/** Before the exchange and after it. @param label part of the steps' names */
export function viewSteps(again: ViewsAgain, label: string): { readonly before: readonly Step[]; readonly after: readonly Step[] } {
  if (again.views.length === 0) return { before: [], after: [] };
  const what = { op: "sql", what: `how ${again.views.map(displayName).join(", ")} are made`, applies: "database" } as const;
  return {
    before: [
      together(
        `views-${label}`,
        "writes down how the views are made, with privileges and comments; no reader or writer waits",
        rememberViews(again),
        undo(...forgetViews(again)),
        [what],
      ),
    ],
    after: [together(`forget-views-${label}`, "what was written down goes", forgetViews(again), undo(...rememberViews(again)), [what])],
  };
}
