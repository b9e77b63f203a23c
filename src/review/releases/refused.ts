/** A command that cannot be done as asked: `message` says what and why, `help` the next step. */
export class Refused extends Error {
  readonly help: string;
  readonly exitCode: number;
  constructor(message: string, help: string, exitCode = 2) {
    super(message);
    this.name = "Refused";
    this.help = help;
    this.exitCode = exitCode;
  }
}
