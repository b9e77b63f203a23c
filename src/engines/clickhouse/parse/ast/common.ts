/** A half-open range of UTF-16 offsets into the script that was parsed: `script.slice(start, end)` is the text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A name as the engine compares it: quotes taken off, escapes resolved, case kept (ClickHouse names are case-sensitive). */
export interface Name {
  readonly text: string;
  readonly at: Range;
  /** `{name:Identifier}`: filled in when the query runs; `text` is the name of the parameter. */
  readonly parameter: boolean;
}

/** `table` or `database.table`. */
export interface ObjectName {
  readonly database: Name | null;
  readonly name: Name;
  readonly at: Range;
}

/** A string literal with its escapes resolved. */
export interface StringLiteral {
  readonly value: string;
  readonly at: Range;
}

/** `name = value` of a SETTINGS clause, of `SET`, of an engine with key-value arguments. */
export interface Setting {
  readonly name: string;
  /** null is `name = DEFAULT`, which puts the server's default back. */
  readonly value: SettingValue | null;
  readonly at: Range;
}

/** A number keeps its text: 64-bit and wider values do not fit a JavaScript number. */
export type LiteralValue =
  | { readonly type: "string"; readonly value: string }
  /** `text` as written, without underscores and with a leading minus where there was one. */
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "null" };

export type SettingValue =
  | LiteralValue
  | { readonly type: "array"; readonly items: readonly SettingValue[] }
  | { readonly type: "tuple"; readonly items: readonly SettingValue[] }
  | { readonly type: "map"; readonly entries: readonly (readonly [SettingValue, SettingValue])[] }
  /** `disk(type = s3, …)` and the like: kept as text. */
  | { readonly type: "function"; readonly name: string; readonly text: string }
  /** `{p:Type}`: filled in when the query runs. */
  | { readonly type: "parameter"; readonly name: string };
