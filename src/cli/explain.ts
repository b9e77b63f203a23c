import { nearest } from "../text/nearest.ts";
import { oneLine } from "../text/visible.ts";
import { EXIT } from "./exit-codes.ts";
import { processIo } from "./init.ts";
import type { CommandIo } from "./init.ts";

/**
 * Prints the page of a rule, the settings (`config`), or without an id every rule in one line.
 * @returns exit code: 0, or 2 for an id that does not exist
 */
export async function explainCommand(id: string | undefined, io: CommandIo = processIo): Promise<number> {
  const width = Math.min(process.stdout.columns ?? 100, 100);
  if (id === "config") {
    const [{ configJsonSchema }, { describeConfig }] = await Promise.all([import("../config/schema.ts"), import("./explain-config.ts")]);
    io.out(describeConfig(configJsonSchema(), width));
    return EXIT.ok;
  }
  const { ruleIds, rulePage, rulePreset, ruleSummary } = await import("../rules/pages.ts");
  const ids = ruleIds();
  if (id === undefined) {
    const longest = Math.max(...ids.map((known) => known.length));
    const presets = [...new Set(ids.map(rulePreset))].filter((preset) => preset !== null).sort();
    const listed = (of: string | null): string[] =>
      ids.filter((known) => rulePreset(known) === of).map((known) => `  ${known.padEnd(longest)}  ${ruleSummary(known) ?? ""}`);
    const lines = [
      ...listed(null),
      ...presets.flatMap((preset) => [
        "",
        `Preset ${preset}, off unless the config says \`policy: { presets: [${preset}] }\`:`,
        ...listed(preset),
      ]),
    ];
    io.out(
      `${lines.join("\n")}\n\n  ${"config".padEnd(longest)}  settings and their defaults\n\nOne of them in full: \`tread explain ${ids[0] ?? "config"}\`\n`,
    );
    return EXIT.ok;
  }
  const page = ids.includes(id) ? rulePage(id) : null;
  if (page !== null) {
    io.out(page.endsWith("\n") ? page : `${page}\n`);
    return EXIT.ok;
  }
  const meant = nearest(id, [...ids, "config"]);
  const help = meant === null ? "`tread explain` lists them all" : `did you mean \`tread explain ${meant}\`?`;
  io.err(`error: there is no rule ${JSON.stringify(oneLine(id))}\n  help: ${help}\n`);
  return EXIT.usage;
}
