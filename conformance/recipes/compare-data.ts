import type { Client } from "pg";
import type { RecipeCase } from "./types.ts";

interface Table {
  readonly name: string;
  /** As text, without those that are random; sorted by name, whatever their place. */
  readonly columns: readonly string[];
}

async function tables(client: Client, random: ReadonlySet<string>): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT c.oid::regclass::text AS name, array_agg(quote_ident(a.attname) ORDER BY a.attname) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'tread') GROUP BY c.oid ORDER BY 1`,
  );
  return rows.map(({ name, columns }) => ({ name, columns: columns.filter((column) => !random.has(`${name}.${column}`)) }));
}

function hashOf({ name, columns }: Table): string {
  const row = `concat_ws('|', ${columns.map((column) => `coalesce(${column}::text, '~')`).join(", ")})`;
  return `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(h, '' ORDER BY h)), 'none') AS hash FROM (SELECT md5(${row}) AS h FROM ${name}) r`;
}

/** Tables whose rows differ, whatever their order. */
export async function compareData(here: Client, there: Client, random: ReadonlySet<string>): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [own, others] = [await tables(here, random), await tables(there, random)];
  for (const table of own) {
    const other = others.find(({ name }) => name === table.name);
    if (other === undefined) continue;
    const [a, b] = await Promise.all([here.query<{ hash: string }>(hashOf(table)), there.query<{ hash: string }>(hashOf(other))]);
    if (a.rows[0]?.hash !== b.rows[0]?.hash)
      wrong.push(`${table.name}: ${a.rows[0]?.hash ?? ""} here, ${b.rows[0]?.hash ?? ""} there; ${await firstOf(here, there, table)}`);
  }
  return wrong;
}

/** One row that only one of them has. */
async function firstOf(here: Client, there: Client, table: Table): Promise<string> {
  const sql = `SELECT concat_ws(' | ', ${table.columns.map((column) => `coalesce(${column}::text, '~')`).join(", ")}) AS row FROM ${table.name}`;
  const [a, b] = await Promise.all([here.query<{ row: string }>(sql), there.query<{ row: string }>(sql)]);
  const others = new Set(b.rows.map(({ row }) => row));
  const own = new Set(a.rows.map(({ row }) => row));
  return `only here: ${a.rows.find(({ row }) => !others.has(row))?.row ?? "none"}; only there: ${b.rows.find(({ row }) => !own.has(row))?.row ?? "none"}`;
}

/** The rows as one text that is the same as long as none is lost or changed. */
export async function contentOf(client: Client, { content }: RecipeCase): Promise<string> {
  const asked = content === undefined ? null : [content.after, content.before];
  if (asked === null) {
    const found = await tables(client, new Set());
    const counts = await Promise.all(
      found.map(async ({ name }) => `${name} ${(await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${name}`)).rows[0]?.n ?? ""}`),
    );
    return counts.join(", ");
  }
  let refusal: unknown;
  for (const sql of asked) {
    try {
      const { rows } = await client.query<{ hash: string }>(
        `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(h, '' ORDER BY h)), 'none') AS hash FROM (SELECT md5(t::text) AS h FROM (${sql}) t) r`,
      );
      return rows[0]?.hash ?? "";
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}
