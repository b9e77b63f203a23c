import { quoteIdentifier } from "./quote.ts";

// Reserved in Postgres 18 (appendix C) and plausible as a name of a table or column.
const RESERVED = new Set(
  "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select session_user some symmetric table then to trailing true union unique user using variadic when where window with".split(
    " ",
  ),
);

/** An identifier as SQL to paste: quoted only where it must be. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdentifier(name);
}

/** A qualified name as SQL to paste, without `public.`. */
export function sqlTable(qualified: string): string {
  const dot = qualified.indexOf(".");
  if (dot === -1) return sqlName(qualified);
  const [schema, table] = [qualified.slice(0, dot), qualified.slice(dot + 1)];
  return schema === "public" ? sqlName(table) : `${sqlName(schema)}.${sqlName(table)}`;
}
