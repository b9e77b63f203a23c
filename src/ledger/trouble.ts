/** The ledger, or what it stands beside, does not allow to go on. Nothing was changed. */
export class LedgerTrouble extends Error {
  override readonly name = "LedgerTrouble";
  readonly help: string;
  readonly exitCode: number;

  /** @param exitCode 3: could not be done; 4: stopped, run it again later; 5: a person has to look */
  constructor(message: string, help: string, exitCode = 3) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}
