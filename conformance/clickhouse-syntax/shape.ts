/**
 * What a parsed statement says, without where and how it was written: two texts of one statement have one shape.
 * Left out besides places: what the engine's formatter changes by design (named at each case).
 */
export function shape(node: unknown, source: string): unknown {
  if (Array.isArray(node)) return node.map((item) => shape(item, source));
  if (typeof node !== "object" || node === null) return node;
  const record = node as Node;
  const special = specialShape(record, source);
  if (special !== undefined) return special;
  return plain(record, source);
}

/** The fields, each by its shape. */
function plain(record: Node, source: string): Node {
  const result: Node = {};
  for (const [key, value] of Object.entries(record)) if (!places.has(key)) result[key] = shape(value, source);
  return result;
}

const places = new Set(["at", "nameAt", "operator"]);

type Node = Record<string, unknown>;

function slice(record: Node, source: string): string {
  const at = record["at"] as { readonly start: number; readonly end: number };
  return source.slice(at.start, at.end);
}

function specialShape(record: Node, source: string): unknown {
  // An alias given by a parameter is written back as none.
  if ((record["alias"] as Node | null | undefined)?.["parameter"] === true) return shape({ ...record, alias: null }, source);
  switch (record["kind"]) {
    case "cast":
      // `1::UInt8` is written back as CAST('1', 'UInt8').
      return {
        cast: isCall(record, source) ? calledOperand(record["operand"] as Node, source) : castOperand(record["operand"] as Node, source),
        type: shape(record["type"], source),
        alias: shape(record["alias"], source),
      };
    case "function":
      return functionShape(record, source);
    case "select":
      return "distinctOn" in record ? selectShape(record, source) : undefined;
    case "insert":
      return insertShape(record, source);
    case "create-table":
    case "create-materialized-view":
      return createShape(record, source);
    case "explain":
      return explainShape(record, source);
    case "alter-table":
      return {
        kind: "alter-table",
        name: shape(record["name"], source),
        onCluster: shape(record["onCluster"], source),
        commands: shape(record["commands"], source),
      };
    case "values":
      return "rows" in record ? { values: shape(record["rows"], source) } : undefined;
    case "subquery":
      return subqueryShape(record, source);
    case "parenthesised":
      // `(a JOIN b)` is written back as `(SELECT * FROM a JOIN b)`.
      return { subquery: { star: shape(record["from"], source) }, alias: null };
    default:
  }
  return valueShape(record, source);
}

function valueShape(record: Node, source: string): unknown {
  if (record["type"] === "number" && typeof record["text"] === "string") return { number: numeric(record["text"]) };
  if (record["type"] === "function" && typeof record["text"] === "string") return { call: record["text"].replaceAll(/\s+/g, "") };
  if ("granularity" in record) {
    // The formatter writes the default down, and another one than was given for text indexes.
    const { granularity: _granularity, ...rest } = record;
    return plain(rest, source);
  }
  if ("interpolate" in record && Array.isArray(record["interpolate"])) {
    const interpolate = record["interpolate"].map((item: Node) =>
      item["expression"] === null ? { name: item["name"], expression: { kind: "identifier", parts: [item["name"]], alias: null } } : item,
    );
    return { all: record["all"], elements: shape(record["elements"], source), filled: shape(interpolate, source) };
  }
  if ("partitionBy" in record && "frame" in record) {
    const frame = record["frame"];
    return {
      parent: shape(record["parent"], source),
      partitionBy: shape(record["partitionBy"], source),
      orderBy: shape(record["orderBy"], source),
      frame: typeof frame === "string" ? frame.toUpperCase().replaceAll(/\s+|[()]/g, "") : null,
    };
  }
  if (typeof record["command"] === "string")
    return { ...plain(record, source), command: record["command"].replace(/^DROP (?=.*CACHES?$)/, "CLEAR ") };
  if (typeof record["name"] === "string" && record["name"].startsWith("param_")) return { parameter: record["name"] };
  // IF EXISTS of these is not written back.
  if (
    typeof record["kind"] === "string" &&
    /^materialize-(statistics|index|projection)$/.test(record["kind"]) &&
    record["ifExists"] === true
  ) {
    return plain({ ...record, ifExists: false }, source);
  }
  if ("ratio" in record) return { ratio: ratio(record["ratio"]), offset: ratio(record["offset"]) };
  if ("dryRunParts" in record) {
    // FORCE is an old word for FINAL.
    const { force: _force, kind: _kind, ...rest } = record;
    return plain(rest, source);
  }
  if ("definer" in record && "sqlSecurity" in record) {
    return {
      definer: record["definer"] ?? (record["sqlSecurity"] === "definer" ? "CURRENT_USER" : null),
      sqlSecurity: record["sqlSecurity"],
    };
  }
  if ("primaryKey" in record && "nullability" in record) return columnShape(record, source);
  if (Array.isArray(record["settings"])) return plain({ ...record, settings: defaultsLast(record["settings"] as Node[]) }, source);
  return undefined;
}

/** `SETTINGS a = DEFAULT, b = 1` is written back with the defaults last. */
function defaultsLast(settings: readonly Node[]): readonly Node[] {
  return [...settings.filter((setting) => setting["value"] !== null), ...settings.filter((setting) => setting["value"] === null)];
}

/** `DISTINCT ON (a)` is written back as `LIMIT 1 BY a`. */
function selectShape(record: Node, source: string): unknown {
  const { kind: _kind, distinctOn, limitBy, columns, settings, ...rest } = record;
  const on = distinctOn as readonly unknown[];
  const star = (columns as readonly Node[]).every(
    (column) => column["kind"] === "asterisk" && (column["transformers"] as unknown[]).length === 0,
  );
  const by =
    on.length > 0 ? { length: { kind: "literal", value: { type: "number", text: "1" }, alias: null }, offset: null, by: on } : limitBy;
  const others = Object.entries(rest).filter(([key]) => key !== "from" && key !== "at");
  const bare =
    star &&
    on.length === 0 &&
    others.every(([, value]) => value === null || value === false || (Array.isArray(value) && value.length === 0));
  if (bare && limitBy === null && (settings as unknown[]).length === 0) return { star: shape(record["from"], source) };
  return {
    ...plain(rest, source),
    columns: shape(columns, source),
    limitBy: shape(by, source),
    settings: shape(defaultsLast(settings as Node[]), source),
  };
}

/** Rows and explanations in FROM are written back as queries of functions that are not for users. */
function subqueryShape(record: Node, source: string): unknown {
  const query = record["query"] as Node;
  const from = (query["from"] as Node | undefined | null)?.["first"] as Node | undefined;
  const called = (from?.["source"] as Node | undefined)?.["function"] as Node | undefined;
  if (called?.["name"] === "SQLStandardValues") return { values: shape(called["arguments"], source) };
  if (called?.["name"] === "viewExplain" || query["kind"] === "explain") return { explained: true };
  return { subquery: shape(query, source), alias: shape(record["alias"] ?? null, source) };
}

/** VALUES is written back as `FORMAT Values`, data not at all; settings of the query are those of the insert as well. */
function insertShape(record: Node, source: string): unknown {
  const from = record["source"] as Node;
  const kind =
    from["kind"] === "values" ? { format: "Values" } : from["kind"] === "format" ? { format: from["format"] } : shape(from, source);
  const settings = from["kind"] === "select" ? null : shape(record["settings"], source);
  return { insert: shape(record["target"], source), columns: shape(record["columns"], source), source: kind, settings };
}

function explainShape(record: Node, source: string): unknown {
  if (!("what" in record)) return { explained: true };
  // PLAN is what EXPLAIN does anyway.
  const what = record["what"] === "PLAN" ? null : record["what"];
  return { explain: what, settings: shape(record["settings"], source), statement: shape(record["statement"], source) };
}

/** A primary key beside a column or in the list is written back behind the engine. */
function createShape(record: Node, source: string): unknown {
  const { elements, storage, ...rest } = record;
  const { kind: _kind, ...head } = rest;
  const list = elements as Node | null;
  const engine = storage as Node | null;
  const columns = (list?.["columns"] as readonly Node[] | undefined) ?? [];
  const marked = columns.filter((column) => column["primaryKey"] === true);
  const named = marked.map((column) => ({ kind: "identifier", parts: [column["name"]], alias: null }));
  const fromColumns =
    named.length === 0
      ? null
      : {
          kind: "function",
          name: "tuple",
          arguments: named,
          distinct: false,
          filter: null,
          parameters: null,
          nulls: null,
          over: null,
          settings: [],
          alias: null,
        };
  const primaryKey = engine?.["primaryKey"] ?? list?.["primaryKey"] ?? fromColumns;
  const { primaryKey: _listKey, foreignKeys: _foreign, ...others } = list ?? {};
  const { primaryKey: _storageKey, at: _at, ...clauses } = engine ?? {};
  const empty = Object.values(clauses).every((value) => value === null || (Array.isArray(value) && value.length === 0));
  return {
    ...plain(head, source),
    elements: list === null ? null : plain(others, source),
    storage: empty ? null : plain(clauses, source),
    primaryKey: shape(primaryKey, source),
  };
}

/** AUTO_INCREMENT is read and forgotten: what is left is an INT. */
function columnShape(record: Node, source: string): unknown {
  const automatic = (record["default"] as Node | null)?.["kind"] === "AUTO_INCREMENT";
  const { primaryKey: _primaryKey, ...rest } = record;
  const type = automatic && record["type"] === null ? { name: "INT", arguments: null } : record["type"];
  return plain({ ...rest, type, default: automatic ? null : record["default"] }, source);
}

function castOperand(operand: Node, source: string): unknown {
  const value = operand["value"] as Node | undefined;
  if (operand["alias"] === null && operand["kind"] === "literal" && value?.["type"] === "number" && /\d/.test(String(value["text"]))) {
    return { text: slice(operand, source) };
  }
  if (operand["alias"] === null && operand["kind"] === "literal" && value?.["type"] === "string") return { text: value["value"] };
  const literal = operand["kind"] === "function" && (operand["operator"] === "[]" || operand["operator"] === "()");
  const text = slice(operand, source);
  // With a comma at the end, `('a',)`, the engine reads a tuple and not the text of one.
  if (literal && isLiteral(operand) && !/,\s*[)\]]/.test(text)) return { text };
  return shape(operand, source);
}

/** Whether a cast was written as a call, not with `::`. */
function isCall(record: Node, source: string): boolean {
  const start = (record["at"] as { readonly start: number }).start;
  const operand = ((record["operand"] as Node)["at"] as { readonly start: number }).start;
  return /cast/i.test(source.slice(start, operand));
}

function calledOperand(operand: Node, source: string): unknown {
  const value = operand["value"] as Node | undefined;
  const isText = operand["alias"] === null && operand["kind"] === "literal" && value?.["type"] === "string";
  return isText ? { text: value["value"] } : shape(operand, source);
}

function isLiteral(node: Node): boolean {
  if (node["kind"] === "literal")
    return (node["value"] as { type: string }).type !== "null" && (node["value"] as { type: string }).type !== "boolean";
  const brackets = node["kind"] === "function" && (node["operator"] === "[]" || node["operator"] === "()");
  return brackets && (node["arguments"] as Node[]).every(isLiteral);
}

/** DISTINCT and FILTER are written back as endings of the name: `countDistinctIf`. */
function functionShape(record: Node, source: string): unknown {
  if (!("arguments" in record)) return valueShape(record, source);
  const filter = record["filter"] ?? null;
  const args = shape(record["arguments"], source) as unknown[];
  const name = `${String(record["name"])}${record["distinct"] === true ? "Distinct" : ""}${filter === null ? "" : "If"}`;
  return {
    call: name,
    arguments: filter === null ? args : [...args, shape(filter, source)],
    parameters: shape(record["parameters"], source),
    nulls: record["nulls"],
    over: shape(record["over"], source),
    settings: shape(record["settings"], source),
    alias: shape(record["alias"], source),
  };
}

/** The value of a number, so that `1e3` and `1000.` are one. */
function numeric(text: string): string {
  if (text === "-nan") return "NaN";
  const plain = text.replace(/^-?0+(?=\d)/, (zeros) => (zeros.startsWith("-") ? "-" : ""));
  if (/^-?\d+$/.test(plain)) return BigInt(plain).toString();
  if (/^-?0[xXbB]/.test(text) && !/[.pP]/.test(text)) {
    const digits = text.replace("-", "");
    return `${text.startsWith("-") ? "-" : ""}${BigInt(digits)}`;
  }
  const value = hexadecimalFloat(text) ?? Number(text);
  return String(value);
}

function hexadecimalFloat(text: string): number | null {
  const match = /^(-?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const mantissa = Number.parseInt(whole + fraction || "0", 16) / 16 ** fraction.length;
  return (sign === "-" ? -1 : 1) * mantissa * 2 ** Number(exponent);
}

function ratio(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const [first = "1", second = "1"] = text.split("/");
  return String(Number(first) / Number(second));
}
