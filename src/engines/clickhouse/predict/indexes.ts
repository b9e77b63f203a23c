import { isMergeTree, type ClickHouseTable, type ClickHouseType, type SkipIndex } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType, isNullable } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { columnsNamed, refused, typeIn, type Outcome, type Scene } from "./outcome.ts";

const OF_TEXT = /^(?:ngrambf_v1|tokenbf_v1|sparse_grams)$/;
const KNOWN =
  /^(?:minmax|set|bloom_filter|ngrambf_v1|tokenbf_v1|sparse_grams|text|full_text|inverted|vector_similarity|hypothesis|annoy|usearch|gin)?$/;
/** How many arguments a type takes. */
const ARGUMENTS: Readonly<Record<string, number>> = { ngrambf_v1: 4, tokenbf_v1: 3 };

/** What the server refuses in the declaration of a skip index. Measured on 26.7. */
export function indexProblem(index: SkipIndex, table: ClickHouseTable, scene: Scene): Outcome | null {
  if (!isMergeTree(table)) return null;
  if (!KNOWN.test(index.type)) return refused(80, `Unknown Index type '${index.type}'`);
  if (index.type === "hypothesis" && scene.since("26.1")) return refused(127, "Index of type 'hypothesis' is no longer supported");
  if (index.granularity === 0) return refused(36, "Index GRANULARITY must be a positive integer");
  const missing = index.expression.columns.find((c) => columnsNamed(table, [c]).length === 0);
  if (missing !== undefined && table.columnsKnown) return refused(47, `Missing columns: '${missing}' while processing the index`);
  const inside = expressionProblem(index.expression, { state: scene.state, database: table.database });
  if (inside !== null) return refused(inside.code, inside.message);
  if (index.expression.volatile) return refused(36, "Expression must be deterministic but it contains a non-deterministic part");
  const takes = ARGUMENTS[index.type];
  if (takes !== undefined && index.typeArgs.length !== takes)
    return refused(36, `\`${index.type}\` index must have exactly ${takes} arguments`);
  if (index.type === "set" && index.typeArgs.length === 0) return refused(80, "Set index must have exactly one argument");
  const rate = index.type === "bloom_filter" && index.typeArgs[0] !== undefined ? Number(index.typeArgs[0]) : null;
  if (rate !== null && !(rate > 0 && rate < 1))
    return refused(36, "The BloomFilter false positive must be a double number between 0 and 1");
  if (index.expression.tree === null) return null;
  const type = expressionType(index.expression.tree as Expression, (path) => typeIn(table, path));
  if (type === null) return null;
  const barred = barredType(index.type, type);
  if (barred !== null)
    return refused(
      barred,
      OF_TEXT.test(index.type)
        ? `Ngram and token bloom filter indexes can only be used with column types String, FixedString, …, not ${type.text}`
        : `An index of type ${index.type} cannot be made of ${type.text}`,
    );
  return null;
}

/** The code with which a type of index refuses a type of column; null where it takes it. Measured type by type on 26.7. */
function barredType(index: string, type: ClickHouseType): number | null {
  const bare = bareType(type);
  const inner = bare.name === "Array" ? bare.inner[0]?.type : undefined;
  const element = inner === undefined ? bare : bareType(inner);
  if (OF_TEXT.test(index)) {
    const nullable = isNullable(type) || (inner !== undefined && isNullable(inner));
    return /^(?:String|FixedString)$/.test(element.name) && !nullable ? null : 36;
  }
  switch (index) {
    case "text":
      return /^(?:String|FixedString)$/.test(element.name) ? null : 36;
    case "minmax":
      return /^(?:JSON|Dynamic|Variant|AggregateFunction)$/.test(bare.name) ? 36 : null;
    case "bloom_filter":
      return /^(?:Map|Tuple|JSON|Dynamic|Variant|Decimal|AggregateFunction|Time|Time64)$/.test(element.name) ? 44 : null;
    case "vector_similarity":
      return bare.name === "Array" && inner !== undefined && /^(?:B?Float(?:16|32|64))$/.test(inner.name) ? null : 44;
    default:
      return null;
  }
}
