import type { Target } from "../engines/postgres/introspect/target.ts";
import type { Past } from "./bypass.ts";
import type { Ended } from "./child.ts";
import type { GaveUp } from "./types.ts";

/** What a run of the command comes to. `exitCode` is what tread ends with if it is not run again. */
export type Outcome =
  /** The command's own end, whatever it is. */
  | { readonly kind: "own"; readonly exitCode: number; readonly remark: string | null }
  | {
      readonly kind: "not-started" | "nothing-guarded" | "bypassed" | "broken";
      readonly exitCode: number;
      readonly message: string;
      readonly help: string;
    }
  /** tread kept a statement from running, and the command failed. */
  | {
      readonly kind: "stopped";
      readonly exitCode: number;
      /** The same command may be run again. */
      readonly safe: boolean;
      readonly why: string;
      readonly gaveUp: readonly GaveUp[];
    };

export interface Facts {
  readonly ended: Ended;
  readonly connections: number;
  readonly turnedAway: readonly string[];
  readonly failure: Error | null;
  readonly past: readonly Past[];
  /** A table that has changed though nothing that went through tread changes the schema. */
  readonly changed: string | null;
  readonly gaveUp: readonly GaveUp[];
  readonly again: { readonly safe: boolean; readonly why: string };
  readonly interrupted: boolean;
}

/** Exit codes as everywhere: 2 usage, 3 nothing was guarded, 4 stopped and safe to run again, 5 a person has to look. */
export function judge(facts: Facts, command: readonly string[], target: Target): Outcome {
  const { ended, past, gaveUp, again } = facts;
  const spelled = command.join(" ");
  if (ended.kind === "not-started")
    return {
      kind: "not-started",
      exitCode: 2,
      message: `${spelled} could not be started: ${ended.message}`,
      help: "give the command as you would type it, after `--`",
    };
  const direct = past.filter(({ ofCommand, sameRole }) => ofCommand || sameRole);
  const [first] = direct;
  if (first !== undefined)
    return {
      kind: "bypassed",
      exitCode: 5,
      message: first.ofCommand
        ? `${spelled} works on ${target.shown} past tread: ${first.who}: ${first.what}`
        : `while ${spelled} ran, another new session of the same role changed the schema, past tread: ${first.who}: ${first.what}`,
      help: "let its settings read DATABASE_URL or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE; or use --watch-only. Look what has run: it was not guarded",
    };
  if (facts.changed !== null)
    return {
      kind: "bypassed",
      exitCode: 5,
      message: `while ${spelled} ran, the schema changed (${facts.changed}), and nothing that went through tread has changed it`,
      help: "did the command take another way to the database, or did somebody else change it? Let its settings read DATABASE_URL or PG*",
    };
  if (facts.failure !== null && ended.code !== 0)
    return {
      kind: "broken",
      exitCode: again.safe ? 4 : 5,
      message: `the connection to ${target.shown} broke while ${spelled} ran: ${target.redact(facts.failure.message)}`,
      help: again.safe ? `run the same command again: ${again.why}` : `look first: ${again.why}`,
    };
  if (facts.connections === 0) {
    const turned = facts.turnedAway.map((why) => `; one connection was turned away: ${why}`).join("");
    if (ended.code !== 0) return { kind: "own", exitCode: ended.code, remark: `it never had a session behind tread${turned}` };
    return {
      kind: "nothing-guarded",
      exitCode: 3,
      message: `${spelled} ended well without connecting to the database that tread put before it: it may have used another one${turned}`,
      help: "let its settings read DATABASE_URL or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE; or use --watch-only",
    };
  }
  if (ended.code === 0 || facts.interrupted) {
    const remark = gaveUp.length === 0 ? null : "it was told of a statement that did not run, and ended well all the same";
    return { kind: "own", exitCode: ended.code, remark };
  }
  if (gaveUp.length > 0) return { kind: "stopped", exitCode: again.safe ? 4 : 5, safe: again.safe, why: again.why, gaveUp };
  return { kind: "own", exitCode: ended.code, remark: null };
}
