/** The walk ends before everything is done. Nothing is half-done that the catalogues do not tell: the same command goes on. */
export class WalkStopped extends Error {
  override readonly name = "WalkStopped";
  readonly help: string;
  /** 4: safe to resume; 5: a person has to look first. */
  readonly exitCode: 3 | 4 | 5;

  constructor(message: string, help: string, exitCode: 3 | 4 | 5 = 4) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}
