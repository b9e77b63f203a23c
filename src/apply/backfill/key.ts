import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import { ApplyStopped } from "../stopped.ts";
import type { Backfill } from "./prepare.ts";

/** The key as SQL. Cursors travel as Postgres' own text: a timestamp through a JavaScript Date loses its microseconds and stops for ever. */
export interface KeySql {
  /** `(t."id") > ($1::bigint)`, for the columns of the alias. */
  readonly compare: (operator: ">" | "<=", values: readonly string[]) => string;
  /** `array["id"::text]` over columns without an alias. */
  readonly asText: string;
  readonly columns: string;
  readonly order: (direction: "ASC" | "DESC") => string;
}

interface Row {
  readonly column: string;
  readonly type: string;
  /** Schema and name, where the index compares by another collation than the column's own. */
  readonly collation: string | null;
  readonly plain: boolean;
}

/** Reads how the index orders its key, so that cursors compare as it does. @throws ApplyStopped when it is gone or of no use */
export async function keySql(client: Client, backfill: Backfill, literal: (value: string) => string): Promise<KeySql> {
  const { rows } = await client.query<Row>(
    `SELECT a.attname AS column, format_type(a.atttypid, NULL) AS type,
            CASE WHEN k.coll <> a.attcollation AND k.coll <> 0 THEN (SELECT quote_ident(nspname) || '.' || quote_ident(collname) FROM pg_collation c JOIN pg_namespace n ON n.oid = collnamespace WHERE c.oid = k.coll) END AS collation,
            (SELECT opcdefault FROM pg_opclass WHERE oid = k.class) AND m.amname = 'btree' AND i.indisvalid AND i.indisunique AND i.indpred IS NULL AS plain
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam,
            unnest(i.indkey::int[], i.indcollation::oid[], i.indclass::oid[]) WITH ORDINALITY AS k(attnum, coll, class, at)
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
  const alias = quoteIdentifier(backfill.batch.alias);
  const collate = ({ collation }: Row): string => (collation === null ? "" : ` COLLATE ${collation}`);
  const list = rows.map((row) => quoteIdentifier(row.column));
  return {
    compare: (operator, values) =>
      `(${rows.map((row) => `${alias}.${quoteIdentifier(row.column)}${collate(row)}`).join(", ")}) ${operator} (${rows.map((row, at) => `${literal(values[at] ?? "")}::${row.type}`).join(", ")})`,
    asText: `array[${list.map((column) => `${column}::text`).join(", ")}]`,
    columns: list.join(", "),
    order: (direction) => rows.map((row) => `${quoteIdentifier(row.column)}${collate(row)} ${direction}`).join(", "),
  };
}
