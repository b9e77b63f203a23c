import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { ConfigError } from "../config/config-error.ts";
import { loadProfile, selectEnvironments } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { jsonOf, markdownOf, textOf } from "../scale/show/render.ts";
import { overviewOf, type Overview } from "../scale/show/overview.ts";
import { EXIT } from "./exit-codes.ts";
import { prepareOutput, writeOutput } from "./output-file.ts";

export interface ScaleShowFlags {
  readonly config?: string;
  readonly environment?: string;
  readonly format: string;
  readonly output?: string;
  readonly color: boolean;
}

/**
 * `tread scale show`: profiles as tables.
 * @throws ConfigError when a profile is missing or wrong
 */
export async function scaleShowCommand(files: readonly string[], flags: ScaleShowFlags): Promise<number> {
  prepareOutput(flags.output);
  const cwd = process.cwd();
  const config = await loadConfig(flags.config === undefined ? { cwd } : { cwd, file: flags.config });
  const overviews = await overviewsOf(cwd, files, config, flags.environment ?? null, Date.now());
  const colour = flags.color && flags.output === undefined && process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const text =
    flags.format === "json"
      ? jsonOf(overviews)
      : flags.format === "markdown"
        ? markdownOf(overviews)
        : textOf(overviews, process.stdout.columns ?? 120, { bold: paint("bold"), dim: paint("dim"), warn: paint("yellow") });
  if (flags.output === undefined) process.stdout.write(text);
  else {
    writeOutput(flags.output, text);
    process.stderr.write(`wrote ${flags.output}\n`);
  }
  return EXIT.ok;
}

async function overviewsOf(
  cwd: string,
  files: readonly string[],
  config: ParsedConfig,
  environment: string | null,
  now: number,
): Promise<Overview[]> {
  const environments = selectEnvironments(config, environment === null ? null : [environment]);
  // Files of the config are relative to it; those of the command line to the reader.
  const named =
    files.length > 0
      ? files.map((file) => ({ file, root: cwd }))
      : [...new Set(environments.flatMap((e) => e.scale))].map((file) => ({ file, root: config.root }));
  if (named.length === 0) {
    throw new ConfigError(config.file ?? "the command line", [
      {
        span: null,
        setting: environment === null ? "environments" : `environments.${environment}`,
        message: "there is no scale profile to show",
        help: "name a file, or write one with `tread scale collect --output scale/cloud.json` and list it as `scale:` of an environment",
      },
    ]);
  }
  const overviews: Overview[] = [];
  for (const { file, root } of named) {
    const missing = !existsSync(resolve(root, file));
    const { profile, problems } = missing
      ? { profile: null, problems: [{ span: null, setting: file, message: "does not exist", help: "`tread scale collect` writes one" }] }
      : await loadProfile(cwd, root, file);
    if (profile === null) throw new ConfigError(file, problems);
    const users = config.environments.filter((e) => e.scale.some((own) => resolve(config.root, own) === resolve(root, file)));
    overviews.push(
      overviewOf(
        file,
        users.map((e) => e.name),
        profile,
        config.thresholds,
        now,
      ),
    );
  }
  return overviews;
}
