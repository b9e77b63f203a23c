import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseColumn, DictionarySpec } from "../../../model/clickhouse/schema.ts";
import type { CreateDictionary, KeyValueFunction } from "../parse/ast.ts";
import { parseScript } from "../parse/index.ts";
import type { Context } from "./context.ts";
import { readExpression } from "./expression.ts";
import { canonicalExpression } from "./render.ts";
import { readSelect } from "./select.ts";
import { canonicalType } from "./types.ts";

export interface ReadDictionary {
  readonly columns: readonly ClickHouseColumn[];
  readonly dictionary: DictionarySpec;
  readonly refused: ClickHouseError | null;
}

export function readDictionary(s: CreateDictionary, context: Context): ReadDictionary {
  let refused: ClickHouseError | null = null;
  const columns = s.attributes.map((a): ClickHouseColumn => {
    const { type, refused: bad } = canonicalType(a.type);
    refused ??= bad;
    return {
      name: a.name.text,
      type,
      typeKnown: true,
      default: a.default === null ? null : { kind: "DEFAULT", expression: readExpression(a.default, context) },
      codec: null,
      ttl: null,
      comment: null,
      statistics: [],
      since: null,
    };
  });
  const kind = s.source?.name.toUpperCase() ?? "";
  const table = textOf(s.source, "table");
  const database = textOf(s.source, "db") ?? textOf(s.source, "database");
  const query = textOf(s.source, "query");
  // A remote host is another server: its tables are not in this state.
  const host = textOf(s.source, "host");
  const local = kind === "CLICKHOUSE" && (host === null || /^(?:localhost|127\.0\.0\.1|::1)$/.test(host));
  const sourceTable =
    !local || table === null ? null : table.includes(".") && database === null ? table : `${database ?? context.database}.${table}`;
  return {
    columns,
    dictionary: {
      primaryKey: s.primaryKey.map((e) => canonicalExpression(e).replaceAll("`", "")),
      sourceKind: kind,
      sourceTable,
      sourceQuery: local && query !== null ? selectIn(query, context) : null,
      layout: s.layout?.name.toUpperCase() ?? null,
      lifetime: s.lifetime === null ? null : `${s.lifetime.min}..${s.lifetime.max}`,
    },
    refused,
  };
}

function textOf(source: KeyValueFunction | null, key: string): string | null {
  const pair = source?.pairs.find((p) => p.key.toLowerCase() === key);
  if (pair?.value.kind === "value") {
    const { value } = pair.value;
    return value.type === "string" ? value.value : value.type === "number" ? value.text : null;
  }
  if (pair?.value.kind === "expression") {
    const e = pair.value.expression;
    return e.kind === "identifier" ? e.parts.map((p) => p.text).join(".") : null;
  }
  return null;
}

function selectIn(sql: string, context: Context): DictionarySpec["sourceQuery"] {
  const [parsed] = parseScript(sql);
  return parsed?.statement.kind === "select" ? readSelect(parsed.statement.query, { ...context, script: sql }) : null;
}
