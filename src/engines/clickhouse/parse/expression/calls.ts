import type { Name, Range } from "../ast.ts";
import type { Layer } from "./layer.ts";
import { CallLayer, RewrittenCallLayer, TupleCallLayer } from "./layers.ts";
import { ExistsLayer, ViewLayer } from "./query-layers.ts";
import { CastLayer, TrimLayer, WordSeparatedLayer } from "./special-layers.ts";
import { datePart, ExtractLayer, UnitFirstLayer } from "./time-layers.ts";

const words = { least: 2, leastByWords: 2, most: Infinity, mixed: false, swap: false };
const overlay = { ...words, words: ["PLACING", "FROM", "FOR"], least: 1, leastByWords: 3 };

/** Functions with a grammar of their own, by their name in small letters. */
const special: ReadonlyMap<string, (start: number) => Layer> = new Map<string, (start: number) => Layer>([
  ["cast", (start) => new CastLayer(start)],
  ["extract", (start) => new ExtractLayer(start)],
  ["date_part", (start) => new RewrittenCallLayer(start, true, datePart)],
  ["datepart", (start) => new RewrittenCallLayer(start, true, datePart)],
  ["substring", (start) => new WordSeparatedLayer(start, { ...words, name: "substring", words: ["FROM", "FOR"], most: 3, mixed: true })],
  ["overlay", (start) => new WordSeparatedLayer(start, { ...overlay, name: "overlay" })],
  ["overlayutf8", (start) => new WordSeparatedLayer(start, { ...overlay, name: "overlayUTF8" })],
  ["position", (start) => new WordSeparatedLayer(start, { ...words, name: "position", words: ["IN"], swap: true })],
  ["exists", (start) => new ExistsLayer(start)],
  ["trim", (start) => new TrimLayer(start, null)],
  ["ltrim", (start) => new TrimLayer(start, "trimLeft")],
  ["rtrim", (start) => new TrimLayer(start, "trimRight")],
  ...["dateadd", "date_add", "timestampadd", "timestamp_add"].map(
    (name) => [name, (start: number) => new UnitFirstLayer(start, "plus")] as const,
  ),
  ...["datesub", "date_sub", "timestampsub", "timestamp_sub"].map(
    (name) => [name, (start: number) => new UnitFirstLayer(start, "minus")] as const,
  ),
  ...["datediff", "date_diff", "timestampdiff", "timestamp_diff"].map(
    (name) => [name, (start: number) => new UnitFirstLayer(start, "dateDiff")] as const,
  ),
]);

export interface CallContext {
  readonly tableFunction: boolean;
  /** It is the function in table position itself, not one of its arguments. */
  readonly outermost: boolean;
  readonly parameters: boolean;
}

/** The layer that reads the arguments of a call, whose opening bracket was taken. */
export function layerForCall(parts: readonly Name[], at: Range, context: CallContext): Layer {
  const name = parts.map((part) => part.text).join(".");
  const lower = name.toLowerCase();
  if (context.tableFunction && (lower === "view" || lower === "viewifpermitted")) return new ViewLayer(at.start, lower !== "view");
  if (name === "tuple") return new TupleCallLayer(at.start);
  const found = special.get(lower);
  if (found !== undefined) return found(at.start);
  if (lower === "grouping") return new CallLayer("grouping", at, context.parameters, false);
  if (lower === "not" && (!context.tableFunction || !context.outermost)) return new CallLayer("not", at, context.parameters, true);
  return new CallLayer(name, at, context.parameters, false);
}
