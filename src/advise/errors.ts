/** Why advice cannot be given: what, where, and what to do next. Printed without a stack. */
export class AdviseError extends Error {
  override readonly name = "AdviseError";
  readonly exitCode: number;
  readonly help: string;

  /** @param exitCode 2: the caller asked wrongly; 3: it could not be done, or not completely */
  constructor(message: string, help: string, exitCode: 2 | 3 = 2) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}
