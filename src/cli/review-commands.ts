import { Option, type Command } from "commander";
import type { AddFlags, RetireFlags } from "../review/releases/record.ts";
import type { ImportFlags, ListFlags, ReleaseFlags } from "./release.ts";

/** `tread release …`, `tread approve`, `tread review`: what otherwise lives in people's memory. */
export function reviewCommands(program: Command, done: (code: number) => void): void {
  releaseCommands(program, done);
}

function releaseCommands(program: Command, done: (code: number) => void): void {
  const release = program
    .command("release")
    .description("which releases of the app are live where: add, live, retire, list, import (tread.releases.yaml)")
    .showHelpAfterError("(tread release --help lists the commands)");
  const withConfig = (command: Command): Command => command.option("--config <file>", "settings; default: tread.config.* here or above");
  const environments = (text: string): Option => new Option("--environment <name...>", text);
  withConfig(release.command("add").argument("<name>", "v1.43: the name of the release in reports"))
    .description("record a release: where its code is, and where it serves")
    .option("--ref <ref>", "the git tag, branch or commit that holds it; default: the tag of the same name")
    .option("--path <folder>", "or the folder that holds it")
    .option("--root <folder>", "folder of the app inside of the ref; default: that of the source")
    .option("--semver <version>", "its semantic version, where the name is none")
    .option("--released <day>", "when it was released; default: today")
    .addOption(environments("where it is live from now on"))
    .option("--date <day>", "since when; default: today")
    .action(async (name: string, flags: ReleaseFlags & AddFlags) => {
      done(await (await import("./release.ts")).releaseAddCommand(process.cwd(), name, flags));
    });
  withConfig(release.command("live").argument("<name>"))
    .description("a release serves in an environment from now on")
    .addOption(environments("where"))
    .option("--date <day>", "since when; default: today")
    .action(async (name: string, flags: ReleaseFlags & { environment?: string[]; date?: string }) => {
      done(await (await import("./release.ts")).releaseLiveCommand(process.cwd(), name, flags));
    });
  withConfig(release.command("retire").argument("<name>"))
    .description("the last server of a release is gone, and no rollback will bring it back")
    .addOption(environments("where; needed when it is live in several"))
    .option("--everywhere", "wherever it is live", false)
    .option("--date <day>", "since when; default: today")
    .action(async (name: string, flags: ReleaseFlags & RetireFlags) => {
      done(await (await import("./release.ts")).releaseRetireCommand(process.cwd(), name, flags));
    });
  withConfig(release.command("list"))
    .description("every release on record, and where it stands")
    .option("--environment <name>", "one environment only")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "markdown"]).default("text"))
    .option("--output <file>", "write it to a file")
    .action(async (flags: ListFlags) => {
      done(await (await import("./release.ts")).releaseListCommand(process.cwd(), flags));
    });
  withConfig(release.command("import"))
    .description("record what git tags or a deploy system know")
    .option("--from-tags <pattern>", "git tags, as `git tag --list` takes it: 'v*'")
    .option("--from <file>", "JSON of a deploy system (docs/releases.md); `-`: what is piped in")
    .option("--replaces", "a deploy takes the place of the one before: that one is retired on the same day", false)
    .option("--dry-run", "say what would be recorded, and write nothing", false)
    .action(async (flags: ImportFlags) => {
      done(await (await import("./release.ts")).releaseImportCommand(process.cwd(), flags));
    });
}
