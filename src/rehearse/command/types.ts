import type { Cell, RehearsalReport } from "../../model/report.ts";
import type { ObservedStatement, RehearseInput } from "../types.ts";

/** A rehearsal of somebody's own migrate command. `judged` may be empty: what runs is seen when it runs. */
export interface CommandInput extends RehearseInput {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The user's environment; tread's variables go on top. */
  readonly env: NodeJS.ProcessEnv;
  /** How the tool records that `applied` is applied; `unknown` says why that cannot be written. */
  readonly bookkeeping: { readonly sql: readonly string[]; readonly unknown: string | null };
}

export interface CommandStatement extends ObservedStatement {
  readonly sql: string;
  /** How often it ran with other values, this one included: 100,000 for code that goes row by row. `durationMs` is their sum. */
  readonly times: number;
  /** Counts from 1. */
  readonly connection: number;
  /** Which of the command's transactions it ran in, or null when it ran by itself. */
  readonly transaction: number | null;
  /** About the tool's own record of what it ran: shown and not judged. */
  readonly bookkeeping: boolean;
  /** False: it failed, or was rolled back by the command. */
  readonly lasted: boolean;
}

/** Whether the rehearsal of a command says anything. All but `completed` end with exit code 3. */
export type CommandOutcome =
  | { readonly kind: "completed" }
  /** The command cannot be started: not found, not executable. */
  | { readonly kind: "not-started"; readonly message: string; readonly help: string }
  /** It ran and never connected to the rehearsal's server: it used another database. */
  | { readonly kind: "bypassed"; readonly message: string; readonly help: string }
  /** It connected and changed nothing: there is nothing that could be said to be safe. */
  | { readonly kind: "nothing-ran"; readonly message: string; readonly help: string }
  | {
      readonly kind: "failed";
      readonly code: number | null;
      readonly signal: string | null;
      readonly message: string;
      readonly help: string;
      /** Its last lines. */
      readonly tail: readonly string[];
    }
  /** The proxy itself failed, so that statements may be missing. */
  | { readonly kind: "proxy-failed"; readonly message: string; readonly help: string };

export interface CommandResult {
  readonly statements: readonly CommandStatement[];
  readonly cells: readonly Cell[];
  readonly report: RehearsalReport;
  readonly outcome: CommandOutcome;
}
