// Answers lines of JSON, each a list of statements, with lines of JSON: the engine's own text of each,
// null for what it refuses, and whether it reads that text again.
// A process of its own, because chDB holds a whole server and could take the caller down with it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { query } = createRequire(process.argv[2])("chdb");
const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0")}'`;
for await (const line of createInterface({ input: process.stdin })) {
  const list = JSON.parse(line).map(quoted).join(",");
  const texts = `arrayMap(s -> formatQueryOrNull(s), [${list}]) AS texts`;
  const again = "arrayMap(s -> isNotNull(formatQueryOrNull(ifNull(s, ''))), texts)";
  const answer = query(`SELECT ${texts}, ${again} SETTINGS implicit_select = 0`, "JSONCompactEachRow");
  process.stdout.write(`${JSON.stringify(JSON.parse(answer))}\n`);
}
