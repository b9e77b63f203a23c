import { Option, type Command } from "commander";
import type { AddFlags, RetireFlags } from "../review/releases/record.ts";
import type { ApproveCommandFlags } from "./approve.ts";
import type { ReviewFlags } from "./review.ts";
import type { ImportFlags, ListFlags, ReleaseFlags } from "./release.ts";

/** `tread release …`, `tread approve`, `tread review`: what otherwise lives in people's memory. */
export function reviewCommands(program: Command, done: (code: number) => void, common: (command: Command) => Command): void {
  releaseCommands(program, done);
  judging(common(program.command("approve").argument("<migration>", "its id, or its file")))
    .description("record that you have seen a migration as it stands, and what the report says of it (tread.approvals/)")
    .option("--sign", "sign it, as git signs commits (gpg.format, user.signingkey)", false)
    .option("--note <text>", "what else should be known")
    .option("--cluster", "approve the plan of this ClickHouse cluster with it: what apply runs is bound to it")
    .option("--cluster-file <file>", "the cluster file (tread.cluster/1); default: that of the environment")
    .action(async (name: string, flags: ApproveCommandFlags) => {
      done(await (await import("./approve.ts")).approveCommand(name, flags));
    });
  judging(common(program.command("review").argument("[migration]", "its id, or its file; default: everything that waits for a review")))
    .description("what a reviewer must look at: locks, scale, compatibility; on ClickHouse keys, shards, mutations and bytes")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "markdown", "json"]).default("text"))
    .option("--pull-request <number|url>", "reviews of this pull request count as approvals; the token comes from GITHUB_TOKEN")
    .action(async (name: string | undefined, flags: ReviewFlags) => {
      done(await (await import("./review.ts")).reviewCommand(name, flags));
    });
}

/** Without the formats of a report: what is printed here is none. */
function judging(command: Command): Command {
  const options = command.options as Option[];
  for (const name of ["format", "color", "verbose"]) {
    const at = options.findIndex((option) => option.attributeName() === name);
    if (at !== -1) options.splice(at, 1);
  }
  return command;
}

function releaseCommands(program: Command, done: (code: number) => void): void {
  const release = program
    .command("release")
    .description("which releases of the app are live where: add, live, retire, list, import (tread.releases.yaml)")
    .showHelpAfterError("(tread release --help lists the commands)");
  const withConfig = (command: Command): Command =>
    command
      .option("--config <file>", "settings; default: tread.config.* here or above")
      .option(
        "--database-url [url]",
        "the record in the ledger of this database instead of the file; without a value DATABASE_URL or the PG* variables",
      );
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
