import type { EnumValue } from "../schema.ts";

/** `Enum8('a' = 1, 'b' = 2)`, as `system.columns` writes it. */
export function enumTypeText(name: string, values: readonly EnumValue[]): string {
  const quoted = (label: string): string => `'${label.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return `${name}(${values.map((v) => `${quoted(v.label)} = ${v.value}`).join(", ")})`;
}
