import type { Client } from "pg";
import { quoteIdentifier, quoteLiteral } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import { ApplyStopped } from "../stopped.ts";
import type { Backfill } from "./prepare.ts";

/** The key as SQL. Cursors travel as Postgres' own text: a timestamp through a JavaScript Date loses its microseconds and stops for ever. */
export interface KeySql {
  /** PL/pgSQL that gives `(t."id") > ('42'::bigint)`, for the columns of the alias and the cursor in an array of text. */
  readonly compareSql: (operator: ">" | "<=", array: string) => string;
  /** `array["id"::text]` over columns without an alias. */
  readonly asText: string;
  readonly columns: string;
  readonly order: (direction: "ASC" | "DESC") => string;
  /** Settings under which the key's text is the same on every connection. Never those of the user's own statement: it may write texts, too. */
  readonly textSettings: readonly (readonly [name: string, value: string])[];
}

interface Row {
  readonly column: string;
  readonly type: string;
  /** Schema and name, where the index compares by another collation than the column's own. */
  readonly collation: string | null;
  readonly plain: boolean;
  /** Schema of the type's `>`, quoted; of a domain's base type. */
  readonly operators: string;
  /** `>` by its bare name is the one that the index uses. */
  readonly found: boolean;
  readonly steady: boolean;
}

const TEXT_SETTINGS = [
  ["datestyle", "ISO"],
  ["intervalstyle", "postgres"],
  ["extra_float_digits", "1"],
  ["bytea_output", "hex"],
] as const;

/**
 * Reads how the index orders its key, so that cursors compare as it does: its collation, its operators (those of citext may stand in a
 * schema outside of the search path, and `>` would then be that of text), the length of a char(n).
 * @throws ApplyStopped when it is gone or of no use
 */
export async function keySql(client: Client, backfill: Backfill): Promise<KeySql> {
  const { rows } = await client.query<Row>(
    `SELECT a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
            CASE WHEN k.coll <> a.attcollation AND k.coll <> 0 THEN (SELECT quote_ident(nspname) || '.' || quote_ident(collname) FROM pg_collation c JOIN pg_namespace n ON n.oid = collnamespace WHERE c.oid = k.coll) END AS collation,
            o.opcdefault AND m.amname = 'btree' AND i.indisvalid AND i.indisunique AND i.indimmediate AND i.indpred IS NULL AS plain,
            quote_ident(s.nspname) AS operators, s.nspname = 'pg_catalog' OR s.nspname = ANY (current_schemas(false)) AS found,
            o.opcname IN ('int2_ops', 'int4_ops', 'int8_ops', 'uuid_ops', 'text_ops', 'varchar_ops', 'bpchar_ops', 'numeric_ops', 'oid_ops') AND s.nspname = 'pg_catalog' AS steady
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam,
            unnest(i.indkey::int[], i.indcollation::oid[], i.indclass::oid[]) WITH ORDINALITY AS k(attnum, coll, class, at)
       JOIN pg_opclass o ON o.oid = k.class JOIN pg_amop p ON p.amopfamily = o.opcfamily AND p.amoplefttype = o.opcintype AND p.amoprighttype = o.opcintype AND p.amopstrategy = 5
       JOIN pg_operator q ON q.oid = p.amopopr JOIN pg_namespace s ON s.oid = q.oprnamespace
       JOIN pg_attribute a ON a.attnum = k.attnum
      WHERE i.indexrelid = to_regclass($1) AND a.attrelid = i.indrelid AND k.at <= i.indnkeyatts ORDER BY k.at`,
    [quotedRelation(backfill.index)],
  );
  if (rows.length !== backfill.key.length || !rows.every(({ plain }) => plain))
    throw new ApplyStopped(
      `the index ${backfill.index}, by which ${backfill.table} is walked, is gone, not valid, or ordered in a way of its own`,
      "name another unique key: key=…",
      5,
    );
  const [only] = rows;
  const foreign = rows.find(({ found }) => !found);
  if (foreign !== undefined && rows.length > 1)
    throw new ApplyStopped(
      `${foreign.column} is compared by an operator of the schema ${foreign.operators}, which is not in the search path of this role`,
      `SET search_path with ${foreign.operators} in it before the backfill, or walk by another key: key=…`,
      5,
    );
  const alias = quoteIdentifier(backfill.batch.alias);
  const collate = ({ collation }: Row): string => (collation === null ? "" : ` COLLATE ${collation}`);
  const list = rows.map((row) => quoteIdentifier(row.column));
  return {
    compareSql: (operator, array) => {
      const by = rows.length === 1 && only !== undefined ? `OPERATOR(${only.operators}.${operator})` : operator;
      const left = `(${rows.map((row) => `${alias}.${quoteIdentifier(row.column)}${collate(row)}`).join(", ")}) ${by} (`;
      const values = rows.map((row, at) => `pg_catalog.quote_literal(${array}[${at + 1}]) || ${quoteLiteral(`::${row.type}`)}`);
      return `${quoteLiteral(left)} || ${values.join(" || ', ' || ")} || ')'`;
    },
    asText: `array[${list.map((column) => `${column}::text`).join(", ")}]`,
    columns: list.join(", "),
    order: (direction) => rows.map((row) => `${quoteIdentifier(row.column)}${collate(row)} ${direction}`).join(", "),
    textSettings: rows.every(({ steady }) => steady) ? [] : TEXT_SETTINGS,
  };
}
