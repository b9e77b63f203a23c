import type { SchemaState } from "../schema.ts";
import { indexOwner } from "./relations.ts";

/** NAMEDATALEN - 1: a longer identifier is cut (manual section 4.1.1). */
const MAX_BYTES = 63;

const encoder = new TextEncoder();

function bytes(text: string): number {
  return encoder.encode(text).length;
}

/** Cuts to at most `limit` bytes without splitting a character, as `pg_mbcliplen` does. */
function clip(text: string, limit: number = MAX_BYTES): string {
  if (bytes(text) <= limit) return text;
  let result = "";
  let used = 0;
  for (const character of text) {
    used += bytes(character);
    if (used > limit) break;
    result += character;
  }
  return result;
}

/**
 * `makeObjectName` of Postgres (`indexcmds.c`): `name1_name2_label`, where the longer of the two names is shortened first until
 * everything fits into 63 bytes.
 */
export function makeObjectName(name1: string, name2: string | null, label: string): string {
  const overhead = bytes(label) + 1 + (name2 === null ? 0 : 1);
  const available = MAX_BYTES - overhead;
  let length1 = bytes(name1);
  let length2 = name2 === null ? 0 : bytes(name2);
  while (length1 + length2 > available) {
    if (length1 > length2) length1--;
    else length2--;
  }
  const first = clip(name1, length1);
  return name2 === null ? `${first}_${label}` : `${first}_${clip(name2, length2)}_${label}`;
}

/** `ChooseRelationName` and `ChooseConstraintName`: the label gets 1, 2, … until the name is free. */
export function chooseName(name1: string, name2: string | null, label: string, isTaken: (name: string) => boolean): string {
  let name = makeObjectName(name1, name2, label);
  for (let n = 1; isTaken(name); n++) name = makeObjectName(name1, name2, `${label}${n}`);
  return name;
}

/** A relation, index or sequence of this schema has the name: they share one namespace (`pg_class`). */
export function isRelationName(state: SchemaState, schema: string, name: string): boolean {
  const qualified = `${schema}.${name}`;
  return state.relations.has(qualified) || state.sequences.has(qualified) || indexOwner(state, qualified) !== undefined;
}

/** Names of the columns of an index (`ChooseIndexColumnNames`): a repeated one, as INCLUDE allows, gets 1, 2, … */
export function indexColumnLabels(wanted: readonly string[]): string[] {
  const names: string[] = [];
  for (const one of wanted) {
    let name = one;
    for (let n = 1; names.includes(name); n++) name = `${clip(one, MAX_BYTES - String(n).length)}${n}`;
    names.push(name);
  }
  return names;
}

/** Column part of a generated index name (`ChooseIndexNameAddition`): names joined by `_`, expressions as `expr`, cut at 63 bytes. */
export function indexNameAddition(columns: readonly string[]): string {
  let result = "";
  for (const column of columns) {
    if (result !== "") result += "_";
    result += column;
    if (bytes(result) >= MAX_BYTES) return clip(result);
  }
  return result;
}
