import type { PartitionRef } from "../../../model/clickhouse/change.ts";
import type { ClickHouseTable, ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { expressionType } from "../changes/expression-type.ts";
import { bareType } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { unparsable } from "./defaults.ts";
import { rangeOf } from "./loss.ts";
import { count, refused, typeIn, type Outcome } from "./outcome.ts";

/** The value of `PARTITION value`, its quotes and parentheses as written; null for ID, PART and ALL. */
function valueOf(partition: PartitionRef): string | null {
  if (partition === null || partition.kind !== "partition") return null;
  const value = partition.text.replace(/^PARTITION\s+/i, "").trim();
  return /^ID\s+'/i.test(value) ? null : value;
}

/** What the server answers to a partition that the table's key cannot have (248, 38, 233). Measured on 26.7. */
export function partitionProblem(partition: PartitionRef, table: ClickHouseTable): Outcome | null {
  if (partition?.kind === "part") {
    const name = /'((?:[^'\\]|\\.)*)'/.exec(partition.text)?.[1];
    return name === undefined || /_\d+_\d+_\d+(?:_\d+)?$/.test(name) ? null : refused(233, `Unexpected part name: ${name}`);
  }
  const value = valueOf(partition);
  if (value === null) return null;
  const tree = (table.partitionBy?.tree ?? null) as Expression | null;
  if (table.partitionBy !== null && tree === null) return null;
  const fields = tree === null ? [] : tree.kind === "function" && tree.name === "tuple" ? tree.arguments : [tree];
  const given = fieldsOf(value);
  if (given === null) return null;
  if (given.length !== fields.length)
    return refused(248, `Wrong number of fields in the partition expression: ${given.length}, must be: ${fields.length}`);
  const [only] = fields;
  const text = /^'((?:[^'\\]|\\.)*)'$/.exec(given[0] ?? "")?.[1];
  if (fields.length !== 1 || only === undefined || text === undefined) return null;
  const type = expressionType(only, (path) => typeIn(table, path));
  const code = type === null ? null : partitionText(text, bareType(type));
  return code === null ? null : refused(code, `Cannot parse '${text}' as ${type?.text ?? ""}`);
}

/** Measured: text for a number is converted (53), and none at all is read to its end (32). */
function partitionText(text: string, bare: ClickHouseType): number | null {
  const code = unparsable(text, bare);
  return code === 6 && rangeOf(bare.name) !== null ? (text === "" ? 32 : 53) : code;
}

/** `(1, 'a')` and `tuple(1, 'a')` have two fields, `tuple()` none, `5` one; null where it is an expression. */
function fieldsOf(value: string): readonly string[] | null {
  const inner = /^(?:tuple\s*)?\(([^()]*)\)$/i.exec(value)?.[1];
  if (inner === undefined) return /[()]/.test(value) ? null : [value];
  if (inner.includes("'") && /'[^']*,[^']*'/.test(inner)) return null;
  return inner.trim() === "" ? [] : inner.split(",").map((field) => field.trim());
}

/** Rows of a partition, counted by what every version can compare: the text of the partition's value where it is a literal. */
export function partitionCount(table: ClickHouseTable, partition: PartitionRef): string | null {
  if (partition === null || partition.kind === "all") return count(table.name);
  if (partition.kind === "part") return count(table.name, `_part = ${partition.text.replace(/^PART\s+/i, "")}`);
  const id = /^(?:PARTITION\s+)?ID\s+('(?:[^'\\]|\\.)*')$/i.exec(partition.text.trim())?.[1];
  if (id !== undefined) return count(table.name, `_partition_id = ${id}`);
  const value = valueOf(partition) ?? "";
  const tuple = value.startsWith("(") || /^tuple\b/i.test(value) ? value : `tuple(${value})`;
  const tree = (table.partitionBy?.tree ?? null) as Expression | null;
  const type = tree === null ? null : expressionType(tree, (path) => typeIn(table, path));
  // A number for a Date counts days: it compares with neither.
  if (/^\d+$/.test(value) && type !== null && /^Date(?:Time)?(?:32|64)?$/.test(bareType(type).name))
    return count(table.name, `toUInt32(_partition_value.1) = ${value}`);
  return count(table.name, `_partition_value = ${tuple}`);
}
