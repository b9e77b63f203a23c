import type { Blocker } from "./blockers.ts";

/** Apply ends before everything is done. Nothing is half-done that the ledger does not know: the same command goes on. */
export class ApplyStopped extends Error {
  override readonly name = "ApplyStopped";
  readonly help: string;
  /** 4: safe to resume; 5: a person has to look first. */
  readonly exitCode: number;
  readonly blockers: readonly Blocker[];

  constructor(message: string, help: string, exitCode: 4 | 5 = 4, blockers: readonly Blocker[] = []) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
    this.blockers = blockers;
  }
}
