import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { analyse } from "../check/analyse.ts";
import { buildReport } from "../check/build-report.ts";
import { exitCodeOf } from "../check/exit-code.ts";
import { withProblems } from "../check/index.ts";
import type { CheckOptions } from "../check/options.ts";
import type { Migration } from "../model/migration.ts";
import type { Finding } from "../model/report.ts";
import { applyEdits } from "./edits.ts";
import { propose } from "./propose.ts";
import type { Checked, Read } from "./place.ts";
import type { NotFixed, Proposal } from "./proposal.ts";
import { encodeLike } from "./text-file.ts";
import type { FileWritten } from "./tools/tool.ts";
import { verify, type Trouble } from "./verify.ts";

/** A file as it was and as it would be. */
export interface ChangedFile {
  readonly absolute: string;
  readonly path: string;
  /** Null: the file is new. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
}

export interface Fixed {
  readonly finding: Finding;
  readonly file: string;
  readonly line: number;
  readonly summary: string;
  readonly notes: readonly string[];
  /** Files that were made or changed for it, beside its own. */
  readonly alsoWrites: readonly string[];
}

export interface FixRun {
  readonly files: readonly ChangedFile[];
  readonly fixed: readonly Fixed[];
  readonly notFixed: readonly NotFixed[];
  /** The check of the project as it stands. */
  readonly before: Checked;
  /** The check of the project as the fixes leave it. */
  readonly checked: Checked;
}

/**
 * One fix may open the way for another (a time-out before what a fix wrote); four rounds were the most that a project was seen to need
 * where nothing was taken back. Fixes that are tried one by one take a round each.
 */
const MOST_ROUNDS = 100;

/** Fixes that were refused together are tried one by one; beyond this many the rest is left alone, and that is said. */
const MOST_SINGLE_TRIES = 60;

/**
 * Finds what can be fixed without changing what the migrations mean, in memory: nothing is written. Every fix is applied, read again
 * and checked again together with the whole project; what does not hold is withdrawn, and why is in `notFixed`.
 */
export async function fixProject(options: CheckOptions, version: string): Promise<FixRun> {
  const run = new Run(options, version);
  const before = await run.check();
  let checked = before;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const outcomes = await propose(checked, run.read);
    run.remember(outcomes);
    const wanted = outcomes.filter((each) => each.kind === "proposal").filter((each) => !run.withdrawn.has(keyOf(each)));
    const chosen = oneKindPerFile(wanted);
    if (chosen.length === 0) break;
    const takenBack = run.withdrawn.size;
    const next = await run.attempt(checked, chosen);
    if (next === null && run.withdrawn.size === takenBack) break;
    checked = next ?? checked;
  }
  const left = await propose(checked, run.read);
  run.remember(left);
  return { files: run.changed(), fixed: run.fixed, notFixed: left.map((each) => run.whyLeft(each)), before, checked };
}

/** The same finding in two checks: its line may have moved. */
export function keyOf({ finding }: { readonly finding: Finding }): string {
  return `${finding.rule}\n${finding.span?.file ?? finding.migration}\n${finding.message}`;
}

/** What is done last waits until nothing else is to be done in its file; one statement is changed once in a round. */
function oneKindPerFile(proposals: readonly Proposal[]): readonly Proposal[] {
  const busy = new Set(proposals.filter(({ last }) => !last).map(({ file }) => file.absolute));
  const taken = new Set<string>();
  return proposals.filter(({ last, file, files, finding }) => {
    if (last && busy.has(file.absolute)) return false;
    const keys = [
      `${file.absolute}\n${finding.statement}`,
      ...files.filter(({ shared }) => shared === true).map(({ absolute }) => absolute),
    ];
    if (keys.some((key) => taken.has(key))) return false;
    for (const key of keys) taken.add(key);
    return true;
  });
}

interface Applied {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Path of a created or changed file → the file whose hazard it is for. */
  readonly origins: ReadonlyMap<string, string>;
  readonly proposals: readonly Proposal[];
  readonly fixed: readonly Fixed[];
}

class Run {
  readonly fixed: Fixed[] = [];
  /** By finding: why its fix was taken back. */
  readonly withdrawn = new Map<string, string>();
  readonly read: Read;
  #overlay = new Map<string, Uint8Array>();
  readonly #options: CheckOptions;
  readonly #version: string;
  readonly #refused = new Map<string, NotFixed>();
  #tries = 0;

  constructor(options: CheckOptions, version: string) {
    this.#options = options;
    this.#version = version;
    this.read = (absolute) => this.#overlay.get(absolute) ?? onDisk(absolute);
  }

  async check(overlay: ReadonlyMap<string, Uint8Array> = this.#overlay): Promise<Checked> {
    const analysis = withProblems(await analyse({ ...this.#options, overlay }));
    const report = buildReport(analysis, this.#version, null);
    return { analysis, report, exitCode: exitCodeOf(report, this.#options.config.policy) };
  }

  /** Applies what holds. Null: nothing did. */
  async attempt(before: Checked, proposals: readonly Proposal[]): Promise<Checked | null> {
    const applied = this.#apply(before, proposals);
    if (applied.proposals.length === 0) return null;
    const after = await this.check(applied.contents);
    const troubles = verify(before, after, applied.proposals, applied.origins);
    if (troubles.length === 0) {
      this.#overlay = new Map(applied.contents);
      this.fixed.push(...applied.fixed);
      return after;
    }
    const suspects = blamed(applied.proposals, troubles);
    const innocent = applied.proposals.filter((proposal) => !suspects.includes(proposal));
    if (innocent.length > 0) {
      const next = await this.attempt(before, innocent);
      // The others get their turn in the next round, against what stands then.
      if (next !== null) return next;
    }
    const [only, ...more] = suspects;
    if (only === undefined) return null;
    if (more.length === 0) {
      this.withdrawn.set(keyOf(only), troubles[0]?.reason ?? "");
      return null;
    }
    for (const suspect of suspects) {
      if (this.#tries++ >= MOST_SINGLE_TRIES) {
        this.withdrawn.set(keyOf(suspect), "it did not hold together with others, and too many of them were left to be tried one by one");
        continue;
      }
      const next = await this.attempt(before, [suspect]);
      if (next !== null) return next;
    }
    return null;
  }

  #apply(before: Checked, proposals: readonly Proposal[]): Applied {
    const contents = new Map(this.#overlay);
    const origins = new Map<string, string>();
    const kept: Proposal[] = [];
    const fixed: Fixed[] = [];
    let known: readonly Migration[] = before.analysis.migrations;
    const byFile = new Map<string, Proposal[]>();
    for (const proposal of proposals) {
      const mine = byFile.get(proposal.file.absolute);
      if (mine === undefined) byFile.set(proposal.file.absolute, [proposal]);
      else mine.push(proposal);
    }
    for (const mine of byFile.values()) {
      const [first] = mine;
      if (first === undefined) continue;
      const together = compatible(first.file.text, mine);
      const text = applyEdits(
        first.file.text,
        together.flatMap(({ edits }) => edits),
      );
      const bytes = text === null ? null : encodeLike(first.file, text);
      if (bytes === null) {
        for (const proposal of together) this.withdrawn.set(keyOf(proposal), "the file's encoding lacks a character that it needs");
        continue;
      }
      const follows = together.flatMap(({ follow }) => (follow === null ? [] : [follow]));
      const made =
        follows[0] === undefined
          ? []
          : follows[0].make(
              follows.flatMap(({ parts }) => parts),
              known,
            );
      if (made === null) {
        for (const proposal of together)
          if (proposal.follow !== null)
            this.withdrawn.set(keyOf(proposal), "the name of the migration that follows could not be told from those that are there");
        continue;
      }
      const beside = [...made, ...together.flatMap(({ files }) => files)];
      if (made.some(({ absolute, shared }) => shared !== true && this.read(absolute) !== null)) {
        for (const proposal of together) this.withdrawn.set(keyOf(proposal), `${made[0]?.path ?? "a file"} is there already`);
        continue;
      }
      if (together.some(({ edits }) => edits.length > 0)) contents.set(first.file.absolute, bytes);
      for (const file of beside) {
        contents.set(file.absolute, file.bytes ?? Buffer.from(file.text, "utf8"));
        origins.set(file.path, first.file.path);
      }
      known = [...known, ...made.filter(({ shared }) => shared !== true).map((file) => asMigration(file, first))];
      kept.push(...together);
      for (const { finding, summary, notes, files, follow } of together) {
        const also: readonly FileWritten[] = [...files, ...(follow === null ? [] : made)];
        fixed.push({
          finding,
          file: first.file.path,
          line: finding.span?.line ?? 1,
          summary,
          notes,
          alsoWrites: [...new Set(also.map(({ path }) => path))],
        });
      }
    }
    return { contents, origins, proposals: kept, fixed };
  }

  changed(): readonly ChangedFile[] {
    return [...this.#overlay].map(([absolute, after]) => {
      const path = relative(this.#options.cwd, absolute);
      const shown = path.startsWith("..") ? absolute : path.replaceAll("\\", "/");
      return { absolute, path: shown, before: onDisk(absolute), after };
    });
  }

  /** What other fixes did to the file meanwhile is no reason that the reader would know: the first one is kept. */
  remember(outcomes: readonly (Proposal | NotFixed)[]): void {
    for (const each of outcomes) if (each.kind === "not-fixed" && !this.#refused.has(keyOf(each))) this.#refused.set(keyOf(each), each);
  }

  whyLeft(each: Proposal | NotFixed): NotFixed {
    if (each.kind === "not-fixed") return { ...(this.#refused.get(keyOf(each)) ?? each), finding: each.finding };
    const reason = this.withdrawn.get(keyOf(each)) ?? "it was not reached";
    return { kind: "not-fixed", finding: each.finding, reason: `the fix was tried and taken back: ${reason}`, byHand: each.finding.help };
  }
}

/** What wants the same characters as another waits for the next round. */
function compatible(text: string, proposals: readonly Proposal[]): readonly Proposal[] {
  if (
    applyEdits(
      text,
      proposals.flatMap(({ edits }) => edits),
    ) !== null
  )
    return proposals;
  const together: Proposal[] = [];
  for (const proposal of proposals) {
    if (
      applyEdits(
        text,
        [...together, proposal].flatMap(({ edits }) => edits),
      ) !== null
    )
      together.push(proposal);
  }
  return together;
}

/** A file that this round makes, so that the next one gets another number and depends on it. */
function asMigration(file: FileWritten, { migration }: Proposal): Migration {
  const id = file.id ?? file.path;
  return { ...migration, id, path: file.path, steps: [], dependsOn: file.dependsOn ?? [], replaces: [] };
}

function blamed(proposals: readonly Proposal[], troubles: readonly Trouble[]): readonly Proposal[] {
  if (troubles.some(({ file }) => file === null)) return proposals;
  const files = new Set(troubles.map(({ file }) => file));
  const found = proposals.filter(({ file }) => files.has(file.path));
  return found.length === 0 ? proposals : found;
}

function onDisk(absolute: string): Uint8Array | null {
  try {
    return readFileSync(resolve(absolute));
  } catch {
    return null;
  }
}
