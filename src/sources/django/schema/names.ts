import { createHash } from "node:crypto";

/** Postgres' limit for identifiers in bytes; Django counts characters, as `connection.ops.max_name_length()`. */
export const MAX_NAME = 63;

/** Django's `names_digest`: md5 over the parts in a row, cut to `length` hex digits. */
export function namesDigest(parts: readonly string[], length: number): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, length);
}

/** Django's `strip_quotes`. */
export function stripQuotes(name: string): string {
  return name.startsWith('"') && name.endsWith('"') && name.length > 1 ? name.slice(1, -1) : name;
}

/** Django's `split_identifier`: `analytics"."event` is the table `event` in schema `analytics`. */
export function splitIdentifier(identifier: string): readonly [string, string] {
  const parts = identifier.split('"."');
  return parts.length === 2
    ? [stripQuotes(`${parts[0] ?? ""}"`).replace(/^"|"$/g, ""), (parts[1] ?? "").replace(/^"|"$/g, "")]
    : ["", stripQuotes(identifier)];
}

/** Django's `truncate_name`. */
export function truncateName(identifier: string, length: number = MAX_NAME): string {
  const [namespace, name] = splitIdentifier(identifier);
  if (name.length <= length) return identifier;
  const digest = namesDigest([name], 4);
  return `${namespace === "" ? "" : `${namespace}"."`}${name.slice(0, length - 4)}${digest}`;
}

/** Django's `BaseDatabaseSchemaEditor._create_index_name`. */
export function createIndexName(tableName: string, columns: readonly string[], suffix: string): string {
  const table = splitIdentifier(tableName)[1];
  let hash = `${namesDigest([table, ...columns], 8)}${suffix}`;
  const joined = columns.join("_");
  const whole = `${table}_${joined}_${hash}`;
  if (whole.length <= MAX_NAME) return whole;
  if (hash.length > MAX_NAME / 3) hash = hash.slice(0, Math.floor(MAX_NAME / 3));
  const other = Math.floor((MAX_NAME - hash.length) / 2) - 1;
  const name = `${table.slice(0, other)}_${joined.slice(0, other)}_${hash}`;
  return name.startsWith("_") || /^\d/.test(name) ? `D${name.slice(0, -1)}` : name;
}

/**
 * The name Postgres itself gives to a constraint or index (`makeObjectName` in the server's indexcmds.c): `table_column_key`, with
 * the longer of the two parts cut until it fits 63 bytes.
 */
export function postgresName(table: string, column: string | null, label: string): string {
  const bytes = (s: string): number => Buffer.byteLength(s);
  let first = table;
  let second = column ?? "";
  const overhead = bytes(label) + 1 + (column === null ? 0 : 1);
  while (bytes(first) + bytes(second) > MAX_NAME - overhead) {
    if (bytes(first) > bytes(second)) first = shorter(first);
    else second = shorter(second);
  }
  return column === null ? `${first}_${label}` : `${first}_${second}_${label}`;
}

/** Django's `quote_name`: a name that is quoted already is left alone. */
export function quoteName(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name : `"${name}"`;
}

/** Without its last character, which may be two UTF-16 units. */
function shorter(name: string): string {
  return name.replace(/.$/su, "");
}
