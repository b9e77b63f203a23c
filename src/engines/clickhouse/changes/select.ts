import type { ClickHouseSelect } from "../../../model/clickhouse/schema.ts";
import { analyseQuery } from "../bind/query.ts";
import type { Query } from "../parse/ast.ts";
import { sourceText, type Context } from "./context.ts";

/** A query with what it reads and gives in the schema as it stands. */
export function readSelect(query: Query, context: Context): ClickHouseSelect {
  const { reads, outputs, star, unclear } = analyseQuery(query, context);
  return { sql: sourceText(query.at, context), database: context.database, reads, outputs, star, unclear, tree: query };
}
