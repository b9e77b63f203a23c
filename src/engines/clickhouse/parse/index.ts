export { formatExpression, formatType, typeEquals } from "./format.ts";
export { columnsRead, literalsOf, outputNames, type TableRead, tablesRead } from "./reads.ts";
export { parseScript } from "./script.ts";
