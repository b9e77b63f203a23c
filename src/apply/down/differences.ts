const SHOWN = 12;

/** What two schemas as SQL (`introspect`) do not have in common, in words. The order of columns does not count. */
export function differencesOf(before: string, after: string): readonly string[] {
  const [old, now] = [itemsOf(before), itemsOf(after)];
  const differences: string[] = [];
  for (const [name, lines] of old) {
    const other = now.get(name);
    if (other === undefined) {
      differences.push(`${name} is gone`);
      continue;
    }
    const [lost, come] = [lines.filter((line) => !other.includes(line)), other.filter((line) => !lines.includes(line))];
    if (lost.length > 0 || come.length > 0)
      differences.push(`${name}: ${[...lost.map((line) => `without ${line}`), ...come.map((line) => `with ${line}`)].join(", ")}`);
  }
  for (const name of now.keys()) if (!old.has(name)) differences.push(`${name} is new`);
  return differences.length > SHOWN ? [...differences.slice(0, SHOWN), `and ${differences.length - SHOWN} more`] : differences;
}

/** By their first line, which names what they make; the rest line by line, without the commas between columns. */
function itemsOf(schema: string): ReadonlyMap<string, readonly string[]> {
  const items = new Map<string, readonly string[]>();
  for (const item of schema.split(/\n\n+/)) {
    const [first = "", ...lines] = item.trim().split("\n");
    const name = first.replace(/\s*\($/, "").replace(/;$/, "");
    if (name === "" || /^(?:SET|SELECT pg_catalog\.set_config)\b/.test(name)) continue;
    items.set(
      name,
      lines.map((line) => line.trim().replace(/,$/, "")).filter((line) => line !== "" && line !== ");"),
    );
  }
  return items;
}
