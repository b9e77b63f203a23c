/** A plan that cannot be made, read or followed. `exitCode` as in `tread --help`: 2 for what was asked wrongly, 3 where too little is known. */
export class PlanTrouble extends Error {
  override readonly name = "PlanTrouble";
  readonly help: string;
  readonly exitCode: number;

  constructor(message: string, help: string, exitCode = 2) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}
