import { EVERY_MAJOR, type Acceptance, type Case, type Range, type Scene, type Script } from "./scene.ts";

const FIRST_LINE = "-- tread-conformance/1";

/** A file of cases that cannot be read. The message starts with `file:line`. */
export class SceneError extends Error {
  override readonly name = "SceneError";
}

interface Open {
  readonly kind: "setup" | "case";
  readonly line: number;
  readonly name: string;
  readonly tags: Tags;
  readonly accepted: Acceptance[];
  readonly lines: string[];
}

interface Tags {
  readonly majors: Range;
  readonly alone: boolean;
  readonly keep: boolean;
}

const NO_TAGS: Tags = { majors: EVERY_MAJOR, alone: false, keep: false };

/**
 * Reads one file of cases (docs/conformance.md has the format).
 *
 * @param file for messages: `conformance/cases/add-column/defaults.sql`; what follows `cases/` names the scene
 * @throws SceneError that says where, what and what to write instead
 */
export function readScene(text: string, file: string): Scene {
  const lines = text.split(/\r?\n/);
  const fail = (line: number, message: string): never => {
    throw new SceneError(`${file}:${line}: ${message}`);
  };
  if (lines[0]?.trim() !== FIRST_LINE) fail(1, `the first line must be \`${FIRST_LINE}\``);
  const comment: string[] = [];
  const sections: Open[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const number = index + 1;
    const directive = /^--:\s*(\S*)\s*(.*?)\s*$/.exec(line);
    const current = sections.at(-1);
    if (directive === null) {
      if (/^\s*--\s*:/.test(line)) fail(number, "a directive starts at the beginning of the line with `--:`");
      if (current !== undefined) current.lines.push(line);
      else if (line.startsWith("--")) comment.push(line.slice(2).trim());
      else if (line.trim() !== "") fail(number, "SQL before the first `--: setup` or `--: case <name>`");
      continue;
    }
    const [, word = "", rest = ""] = directive;
    if (word === "setup") {
      if (sections.length > 0) fail(number, "`--: setup` comes once, before the cases");
      if (rest !== "") fail(number, `\`--: setup\` stands alone on its line, not with \`${rest}\``);
      sections.push({ kind: "setup", line: number, name: "setup", tags: NO_TAGS, accepted: [], lines: [] });
    } else if (word === "case") {
      const { name, tags } = readTags(rest, (message) => fail(number, message));
      if (name === "") fail(number, "a case needs a name: `--: case <name>`");
      const twin = sections.find((s) => s.kind === "case" && s.name === name);
      if (twin !== undefined) fail(number, `the case \`${name}\` stands in line ${twin.line} already: names are unique in a file`);
      sections.push({ kind: "case", line: number, name, tags, accepted: [], lines: [] });
    } else if (word === "accept") {
      if (current?.kind !== "case") return fail(number, "`--: accept` belongs into a case");
      const { name: reason, tags } = readTags(rest, (message) => fail(number, message));
      if (reason.length < 10) fail(number, "`--: accept` needs the reason why the disagreement is right");
      if (tags.alone || tags.keep) fail(number, "`--: accept` takes tags for versions only (`@15+`, `@13-17`, `@13`)");
      current.accepted.push({ reason, majors: tags.majors, line: number });
    } else fail(number, `\`--: ${word}\` is not known: there are setup, case and accept`);
  }
  const scripts = sections.map((section) => ({ section, script: scriptOf(section) }));
  const cases = scripts.flatMap(({ section, script }): Case[] => {
    if (section.kind === "setup") return [];
    if (withoutComments(script.sql) === "") fail(section.line, `the case \`${section.name}\` has no statement`);
    return [{ name: section.name, line: section.line, ...section.tags, script, accepted: section.accepted }];
  });
  if (cases.length === 0) fail(lines.length, "no `--: case <name>` in this file");
  const setup = scripts.find(({ section }) => section.kind === "setup")?.script ?? { sql: "", line: 1 };
  return { id: file.replace(/^(?:.*\/)?cases\//, "").replace(/\.sql$/, ""), file, comment: comment.join("\n").trim(), setup, cases };
}

/** Tags stand at the end of the line: `<name> @15+ @alone`. */
function readTags(rest: string, fail: (message: string) => never): { readonly name: string; readonly tags: Tags } {
  const words = rest.split(/\s+/).filter((word) => word !== "");
  let tags = NO_TAGS;
  while (words.at(-1)?.startsWith("@") === true) {
    const tag = words.pop() ?? "";
    const since = /^@(\d+)\+$/.exec(tag)?.[1];
    const range = /^@(\d+)(?:-(\d+))?$/.exec(tag);
    if (tag === "@alone") tags = { ...tags, alone: true };
    else if (tag === "@keep") tags = { ...tags, keep: true };
    else if (since !== undefined) tags = { ...tags, majors: { from: Number(since), to: EVERY_MAJOR.to } };
    else if (range !== null) tags = { ...tags, majors: { from: Number(range[1]), to: Number(range[2] ?? range[1]) } };
    else fail(`the tag \`${tag}\` is not known: there are @15+, @13-17, @13, @alone and @keep`);
    if (tags.majors.from > tags.majors.to) fail(`\`${tag}\` is an empty range of versions`);
  }
  if (words.some((word) => /^@(?:alone|keep|\d+(?:\+|-\d+)?)$/.test(word))) fail("tags stand at the end of the line, behind the name");
  return { name: words.join(" "), tags };
}

/** Blank lines around it left out, so that its first line is the statement's. */
function scriptOf(section: Open): Script {
  const lines = [...section.lines];
  let line = section.line + 1 + section.accepted.length;
  while (lines[0]?.trim() === "") {
    lines.shift();
    line++;
  }
  return { sql: lines.join("\n").trimEnd(), line };
}

function withoutComments(sql: string): string {
  return sql
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("--"))
    .join("\n")
    .trim();
}
