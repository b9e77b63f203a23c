import { quoteLiteral } from "../text/quote.ts";
import { regclass, sqlName, sqlTable } from "./sql.ts";

/**
 * What people have said about an object in the catalogue (GRANT, COMMENT, SET STATISTICS) and what a schema made from migrations does not
 * hold: the server is asked while it happens, in the transaction that needs it. tread reads no dynamic SQL, so the statement says why.
 */
export function block(why: string, declare: string, body: string): string {
  return `-- tread-ignore opaque-code: ${why}\nDO $carry$\n${declare === "" ? "" : `DECLARE\n${declare}\n`}BEGIN\n${body}\nEND\n$carry$`;
}

export const grantee =
  "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END";

/**
 * Gives one relation the privileges of another.
 * @param from qualified; what has the privileges
 * @param to qualified; gets them
 */
export function carryPrivileges(from: string, to: string, kind: "TABLE" | "SEQUENCE" = "TABLE"): readonly string[] {
  const known =
    kind === "TABLE" ? "'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'" : "'USAGE', 'SELECT', 'UPDATE'";
  return [
    block(
      `grants on ${sqlTable(to)} what is granted on ${sqlTable(from)}, and nothing else`,
      "  statement text;",
      `  FOR statement IN
    SELECT format('GRANT %s ON ${kind} %s TO %s%s', a.privilege_type, ${quoteLiteral(sqlTable(to)).trim()}, ${grantee})
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.oid = ${regclass(from)} AND a.grantee <> c.relowner AND a.privilege_type IN (${known})
  LOOP
    EXECUTE statement;
  END LOOP;`,
    ),
  ];
}

/** Privileges, comment, statistics target and options of one column for another of the same table. */
export function carryColumn(table: string, from: string, to: string): string {
  const column = quoteLiteral(from).trim();
  return block(
    `grants, comment and statistics target of ${sqlTable(table)}.${sqlName(from)} for ${sqlName(to)}, and nothing else`,
    "  statement text;",
    `  FOR statement IN
    SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, ${quoteLiteral(to).trim()}, t.attrelid::regclass, ${grantee})
      FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = ${regclass(table)} AND t.attname = ${column}
    UNION ALL
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', t.attrelid::regclass, ${quoteLiteral(to).trim()}, col_description(t.attrelid, t.attnum))
      FROM pg_attribute t WHERE t.attrelid = ${regclass(table)} AND t.attname = ${column} AND col_description(t.attrelid, t.attnum) IS NOT NULL
    UNION ALL
    SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', t.attrelid::regclass, ${quoteLiteral(to).trim()}, t.attstattarget)
      FROM pg_attribute t WHERE t.attrelid = ${regclass(table)} AND t.attname = ${column} AND t.attstattarget >= 0
  LOOP
    EXECUTE statement;
  END LOOP;`,
  );
}

/** Comment and privileges of one type for another. */
export function carryType(from: string, to: string): string {
  const [own, name] = [quoteLiteral(sqlTable(from)).trim(), quoteLiteral(sqlTable(to)).trim()];
  return block(
    `grants and comment of the type ${sqlTable(from)} for ${sqlTable(to)}, and nothing else`,
    "  statement text;",
    `  FOR statement IN
    SELECT format('COMMENT ON TYPE %s IS %L', ${name}, obj_description(t.oid, 'pg_type'))
      FROM pg_type t WHERE t.oid = ${own}::regtype AND obj_description(t.oid, 'pg_type') IS NOT NULL
    UNION ALL
    SELECT format('REVOKE ALL ON TYPE %s FROM PUBLIC', ${name})
      FROM pg_type t WHERE t.oid = ${own}::regtype AND t.typacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(t.typacl) a WHERE a.grantee = 0)
    UNION ALL
    SELECT format('GRANT USAGE ON TYPE %s TO %s%s', ${name}, ${grantee})
      FROM pg_type t, aclexplode(t.typacl) a WHERE t.oid = ${own}::regtype AND a.grantee <> t.typowner
  LOOP
    EXECUTE statement;
  END LOOP;`,
  );
}

/** Comments of indexes and constraints for those that take their place. Names are of the table's schema, unqualified. */
export function carryComments(table: string, schema: string, indexes: readonly Pair[], constraints: readonly Pair[]): readonly string[] {
  if (indexes.length + constraints.length === 0) return [];
  const pairs = (list: readonly Pair[]): string =>
    list.length === 0
      ? "(VALUES (NULL::text, NULL::text))"
      : `(VALUES ${list.map(({ from, to }) => `(${quoteLiteral(from).trim()}, ${quoteLiteral(to).trim()})`).join(", ")})`;
  return [
    block(
      `comments of the indexes and constraints of ${sqlTable(table)} for those that take their place, and nothing else`,
      "  statement text;",
      `  FOR statement IN
    SELECT format('COMMENT ON INDEX %I.%I IS %L', ${quoteLiteral(schema).trim()}, p.named, obj_description(c.oid, 'pg_class'))
      FROM ${pairs(indexes)} p (old, named) JOIN pg_class c ON c.relname = p.old AND c.relnamespace = ${quoteLiteral(sqlName(schema)).trim()}::regnamespace
     WHERE obj_description(c.oid, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', p.named, k.conrelid::regclass, obj_description(k.oid, 'pg_constraint'))
      FROM ${pairs(constraints)} p (old, named) JOIN pg_constraint k ON k.conname = p.old AND k.conrelid = ${regclass(table)}
     WHERE obj_description(k.oid, 'pg_constraint') IS NOT NULL
  LOOP
    EXECUTE statement;
  END LOOP;`,
    ),
  ];
}

export interface Pair {
  readonly from: string;
  readonly to: string;
}
