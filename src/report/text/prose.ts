import { wrap } from "../../text/width.ts";
import { helpBlocks } from "../help.ts";

/** Prose is wrapped, code is indented and stays as it is. */
export function proseLines(text: string, width: number): readonly string[] {
  return helpBlocks(text).flatMap((block) =>
    block.kind === "code" ? block.lines.map((line) => (line === "" ? "" : `  ${line}`)) : block.lines.flatMap((line) => wrap(line, width)),
  );
}

/** The same, each text laid out once: of thousands of findings many say why, and what to do, in the same words. */
export function rememberedProse(): typeof proseLines {
  const known = new Map<string, readonly string[]>();
  return (text, width) => {
    const key = `${width} ${text}`;
    let lines = known.get(key);
    if (lines === undefined) known.set(key, (lines = proseLines(text, width)));
    return lines;
  };
}
