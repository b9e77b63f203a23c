// Reads `<peer>.sql`: statements of the shape of a peer's own test material, in our words, each with what the peer and what tread say.
import { readFileSync } from "node:fs";

const ABOUT = new Set(["hazards", "style", "time-outs"]);
const SAYS = new Set(["red", "green", "either"]);

/**
 * @returns {{ peer: string, from: string, cases: Case[] }}
 * @typedef {{ rule: string, name: string, line: number, about: string, says: string, tread: "caught" | "noted" | "quiet", by: string[],
 *   differs: string | null, live: string | null, files: string[] }} Case
 * @throws {Error} with file and line where a case is not complete: a typing error must not make a case pass
 */
export function readCases(path) {
  const head = { peer: "", from: "", cases: [] };
  let rule = "";
  let current = null;
  let continues = null;
  for (const [index, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const [, key, value] = /^-- (peer|from|rule|case|about|says|tread|differs|live|file)(?:: (.*))?$/.exec(line) ?? [];
    const more = /^-- {3}(.*)$/.exec(line)?.[1];
    if (key === "peer" || key === "from") {
      head[key] = value;
      continues = key;
    } else if (key === "rule") rule = value;
    else if (key === "case") {
      current = {
        rule,
        name: value,
        line: index + 1,
        about: "hazards",
        says: "",
        tread: "",
        by: [],
        differs: null,
        live: null,
        files: [""],
      };
      head.cases.push(current);
    } else if (current === null) {
      if (more !== undefined && continues !== null) head[continues] += ` ${more}`;
    } else if (key === "about" || key === "says" || key === "live") current[key] = value;
    else if (key === "tread") [current.tread, ...current.by] = value.split(" ");
    else if (key === "differs") current.differs = value;
    else if (key === "file") current.files.push("");
    else if (more !== undefined && current.differs !== null && current.files.at(-1) === "") current.differs += ` ${more}`;
    else if (line !== "") current.files[current.files.length - 1] += `${line}\n`;
  }
  for (const one of head.cases) complain(path, one);
  return head;
}

function complain(path, one) {
  const problem = !ABOUT.has(one.about)
    ? `about: ${one.about}`
    : !SAYS.has(one.says)
      ? `says: ${one.says}`
      : !["caught", "noted", "quiet"].includes(one.tread)
        ? `tread: ${one.tread}`
        : one.tread !== "quiet" && one.by.length === 0
          ? "found, but not by which rule"
          : one.files.some((sql) => sql === "")
            ? "no statement"
            : disagrees(one) && one.differs === null
              ? "tread and the peer differ, and nothing says why (-- differs:)"
              : !disagrees(one) && one.differs !== null
                ? "an explanation of a difference that does not exist"
                : null;
  if (problem !== null) throw new Error(`${path}:${one.line}: ${one.name}: ${problem}`);
}

/**
 * Whether the two verdicts are not the same. A red case that tread only notes (as information) needs its explanation as one on which it
 * is silent; a green one may be noted.
 */
function disagrees({ about, says, tread }) {
  if (says === "red") return tread === "quiet" || (tread === "noted" && about !== "style");
  return says === "green" && tread === "caught";
}
