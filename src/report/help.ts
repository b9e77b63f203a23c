import { visible } from "../text/visible.ts";

export interface HelpBlock {
  readonly kind: "prose" | "code";
  /** Printable, without the indentation that all lines of a code block share. */
  readonly lines: readonly string[];
}

/** Lines of SQL or Python as rules write them into their help: they are copied, so they must not be wrapped. */
const CODE =
  /^(?:--|(?:ALTER|AND|BEGIN|COMMENT|COMMIT|COPY|CREATE|DELETE|DO|DROP|END|FROM|GRANT|INSERT|LIMIT|LOCK|ON|ORDER|REFERENCES|REINDEX|RETURNING|ROLLBACK|SELECT|SET|TRUNCATE|UPDATE|USING|VACUUM|VALUES|WHERE|WITH)(?:[ ;(]|$)|(?:migrations|models|operations)\b[.=( ]|class \w+.*:$|def \w+\(.*:$|from [\w.]+ import \S)/;

/**
 * Help is prose with code in it: what is fenced by ```, indented by two spaces or more, or begins as a statement does is code.
 * Blank lines between code stay in the block.
 */
export function helpBlocks(help: string): HelpBlock[] {
  const blocks: { kind: HelpBlock["kind"]; lines: string[] }[] = [];
  let fenced = false;
  for (const raw of help.trimEnd().split("\n")) {
    const line = visible(raw.replace(/\r$/, "").replaceAll("\t", "    "));
    if (line.trimStart().startsWith("```")) {
      fenced = !fenced;
      continue;
    }
    const last = blocks.at(-1);
    const blank = line.trim() === "";
    const kind = fenced || /^\s{2,}\S/.test(line) || CODE.test(line) || (blank && last?.kind === "code") ? "code" : "prose";
    if (last?.kind === kind) last.lines.push(line);
    else if (!blank || kind === "code") blocks.push({ kind, lines: [line] });
  }
  return blocks.map(({ kind, lines }) => ({ kind, lines: kind === "code" ? dedent(lines) : lines.filter((line) => line.trim() !== "") }));
}

function dedent(lines: readonly string[]): string[] {
  const used = lines.filter((line) => line.trim() !== "");
  const indent = Math.min(...used.map((line) => line.length - line.trimStart().length));
  const cut = lines.map((line) => line.slice(Number.isFinite(indent) ? indent : 0).trimEnd());
  while (cut.at(-1) === "") cut.pop();
  return cut;
}
