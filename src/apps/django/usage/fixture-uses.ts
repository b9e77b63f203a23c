import { spanWithin, wholeSpan } from "../../../text/span.ts";
import type { UsageContext } from "./read-usage.ts";

const FIXTURE = /(?:^|\/)fixtures\/.*\.(?:jsonl?|ya?ml|xml)$/;
const RUNS = /\.(?:py|sh|bash|ya?ml|toml|json)$|(?:^|\/)(?:Makefile|Dockerfile|Procfile|justfile|[\w-]*entrypoint[\w.-]*)$/i;

/** `"tags": [1, 2]` in a fixture that something of the project loads: `loaddata` writes the rows of the field. */
export function readFixtures({ index, joins, sink }: UsageContext): void {
  const { files, root } = index;
  const listed = files.list(root);
  const fixtures = listed.filter((path) => FIXTURE.test(path) && !/(?:^|\/)tests?\//.test(path));
  if (fixtures.length === 0) return;
  const loads = listed.some(
    (path) => RUNS.test(path) && !FIXTURE.test(path) && !/(?:^|\/)tests?(?:\/|_)/.test(path) && index.text(path).includes("loaddata"),
  );
  if (!loads) return;
  for (const path of fixtures) {
    const text = index.text(path);
    for (const join of joins) {
      const found = new RegExp(String.raw`(?:["']${join.field}["']|^\s*${join.field}|name="${join.field}")\s*[:=]?`, "m").exec(text);
      if (found === null || !text.toLowerCase().includes(join.owner)) continue;
      const display = files.display(path);
      const at = spanWithin(wholeSpan(display, text), text, found.index, found.index + found[0].length);
      sink.mayUse([join], `the fixture gives ${join.field} rows, and something loads fixtures (\`loaddata\`)`, at);
    }
  }
}
