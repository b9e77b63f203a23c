/** One reason why a server is not taken for a clone that may be changed. */
export interface Refusal {
  readonly reason: string;
  readonly help: string;
}

/** The server of `--on` is, or may be, in use. Nothing was changed there. Exit code 3: nothing was rehearsed. */
export class CloneRefused extends Error {
  override readonly name = "CloneRefused";
  readonly exitCode = 3;
  readonly refusals: readonly Refusal[];
  readonly help: string;

  constructor(shown: string, refusals: readonly Refusal[]) {
    super(
      [
        `${shown} is not taken for a clone that may be changed; nothing was done there`,
        ...refusals.map(({ reason }) => `  - ${reason}`),
      ].join("\n"),
    );
    this.refusals = refusals;
    this.help = refusals.map(({ help }) => help).join("\n        ");
  }
}
