// Answers lines of JSON, each a list of statements, with lines of JSON: the engine's own text of each,
// null for what it refuses, whether it reads that text again, and whether it then writes the same text.
// A process of its own, because chDB holds a whole server and could take the caller down with it.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { query } = createRequire(process.argv[2])("chdb");
const quoted = (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0")}'`;
for await (const line of createInterface({ input: process.stdin })) {
  const list = JSON.parse(line).map(quoted).join(",");
  const texts = `arrayMap(s -> formatQueryOrNull(s), [${list}]) AS texts`;
  const again = "arrayMap(s -> formatQueryOrNull(ifNull(s, '')), texts) AS again";
  const compared = "arrayMap(s -> isNotNull(s), again), arrayMap((s, t) -> ifNull(s = t, 0), texts, again)";
  const answer = query(`WITH ${texts}, ${again} SELECT texts, ${compared} SETTINGS implicit_select = 0`, "JSONCompactEachRow");
  process.stdout.write(`${JSON.stringify(JSON.parse(answer))}\n`);
}
