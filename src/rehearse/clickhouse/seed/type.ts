/** A type as `system.columns` writes it, taken apart. The server's own text, so it needs no grammar of types: names, arguments, quotes. */
export interface ServerType {
  /** `Nullable`, `Decimal`, `Enum8`. */
  readonly name: string;
  /** Types inside, in order: of Nullable, LowCardinality, Array, Map, Tuple, Variant, SimpleAggregateFunction. */
  readonly inner: readonly ServerType[];
  /** Arguments as written. */
  readonly args: readonly string[];
  readonly text: string;
}

const HOLDS_TYPES = new Set(["Nullable", "LowCardinality", "Array", "Map", "Tuple", "Nested", "Variant"]);

export function readType(text: string): ServerType {
  const open = text.indexOf("(");
  const name = (open === -1 ? text : text.slice(0, open)).trim();
  const args = open === -1 ? [] : splitArguments(text.slice(open + 1, text.lastIndexOf(")")));
  const types = HOLDS_TYPES.has(name) ? args : name.endsWith("AggregateFunction") ? args.slice(1) : [];
  return { name, args, text, inner: types.map((argument) => readType(withoutName(argument))) };
}

/** `Tuple(a UInt8)` names its elements; a type itself has no blank outside of its parentheses. */
const NAMED = /^(`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*)\s+(?=[A-Z])/;

function withoutName(argument: string): string {
  return argument.replace(NAMED, "");
}

/** Elements of a Tuple with their names, null where they have none. */
export function tupleElements({ args, inner }: ServerType): readonly { readonly name: string | null; readonly type: ServerType }[] {
  return inner.map((type, at) => ({ name: NAMED.exec(args[at] ?? "")?.[1] ?? null, type }));
}

export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote: string | null = null;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quote !== null) {
      if (char === "\\") at++;
      else if (char === quote) quote = null;
    } else if (char === "'" || char === "`") quote = char;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === "" && parts.length === 0 ? [] : [...parts, last];
}

/** Without Nullable and LowCardinality around it. */
export function bare(type: ServerType): ServerType {
  const [inner] = type.inner;
  return (type.name === "Nullable" || type.name === "LowCardinality") && inner !== undefined ? bare(inner) : type;
}

export function isNullable(type: ServerType): boolean {
  const [inner] = type.inner;
  if (type.name === "LowCardinality" && inner !== undefined) return isNullable(inner);
  return type.name === "Nullable" || type.name === "Variant" || type.name === "Dynamic";
}

/** Labels of an Enum with their numbers, as text. */
export function enumValues(type: ServerType): readonly { readonly label: string; readonly value: string }[] {
  return type.args.flatMap((argument) => {
    const found = /^('(?:[^'\\]|\\.|'')*')\s*=\s*(-?\d+)$/.exec(argument);
    return found?.[1] === undefined || found[2] === undefined ? [] : [{ label: found[1], value: found[2] }];
  });
}
