import type { JudgedStatement } from "../model/judged.ts";
import type { RuleContext } from "./rule.ts";
import { changesOf } from "./rule.ts";

/** A timeout that a migration sets when the statement that it should bound has run already. */
export interface LateTimeout {
  readonly setting: "lock_timeout" | "statement_timeout";
  readonly set: JudgedStatement;
  /** The statement that ran without it. */
  readonly before: JudgedStatement;
}

/** Only what comes too late for all that needs it: where a later statement still profits, setting it is right. */
export function lateTimeouts(statements: readonly JudgedStatement[], context: RuleContext): readonly LateTimeout[] {
  const blocking = statements.filter((statement) => context.blockingLocks(statement).length > 0);
  const [first] = blocking;
  if (first === undefined) return [];
  return (["lock_timeout", "statement_timeout"] as const).flatMap((setting) => {
    const set = statements.find((statement) =>
      changesOf(statement, "set").some((change) => change.setting === setting && isOn(change.value)),
    );
    const { lockTimeout, statementTimeout } = first.before.session;
    const had = (setting === "lock_timeout" ? lockTimeout : statementTimeout) ?? 0;
    if (set === undefined || had > 0 || statements.indexOf(set) < statements.indexOf(first)) return [];
    return [{ setting, set, before: first }];
  });
}

function isOn(value: string | null): boolean {
  return value !== null && !/^\s*0\s*\w*\s*$/.test(value);
}
