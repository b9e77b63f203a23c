// Answers lines of JSON, each a list of statements, with lines of JSON: the engine's own formatting of each, null for what it refuses.
// A process of its own, because chDB holds a whole server and could take the caller down with it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { query } = createRequire(process.argv[2])("chdb");
const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0")}'`;
for await (const line of createInterface({ input: process.stdin })) {
  const list = JSON.parse(line).map(quoted).join(",");
  const answer = query(`SELECT arrayMap(s -> formatQueryOrNull(s), [${list}]) SETTINGS implicit_select = 0`, "JSONCompactEachRow");
  process.stdout.write(`${JSON.stringify(JSON.parse(answer)[0])}\n`);
}
