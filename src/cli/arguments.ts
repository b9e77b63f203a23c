import { type Command, InvalidArgumentError, Option } from "commander";

/** `--live v1.42=release-1.42` */
export interface LiveFlag {
  readonly name: string;
  /** A path or a ref of git. */
  readonly target: string;
}

/** `200`, `2,000,000` or `2_000_000`. @throws InvalidArgumentError */
export function positiveInteger(value: string): number {
  const number = Number(/^\d+(?:[_,]\d{3})*$/.test(value.trim()) ? value.replaceAll(/[_,]/g, "") : Number.NaN);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError("expected a whole number greater than 0");
  return number;
}

/** A positive integer, or 0. @throws InvalidArgumentError */
export function wholeNumber(value: string): number {
  return value === "0" ? 0 : positiveInteger(value);
}

/** @param byDefault what is live where nobody says so, in words */
export function liveOption(byDefault: string): Option {
  return new Option("--live <name=path|ref>", "a version of the app that may be serving; repeatable")
    .argParser((value: string, previous: readonly LiveFlag[]): readonly LiveFlag[] => {
      const equals = value.indexOf("=");
      if (equals < 1 || equals === value.length - 1)
        throw new InvalidArgumentError("expected NAME=PATH or NAME=REF, for example v1.42=release-1.42");
      return [...previous, { name: value.slice(0, equals), target: value.slice(equals + 1) }];
    })
    .default([], byDefault);
}

/**
 * How patiently and how hard locks are taken: the same for tread's own statements and for those of a guarded command.
 * @param words whose locks, while one of what is waited for, and what `--row-stall` bounds
 */
export function withLockOptions(
  command: Command,
  words: { readonly locks: string; readonly step: string; readonly rowStall: string },
): void {
  command
    .addOption(
      new Option("--stall-budget <ms>", `longest that a read or a write may wait because of one of ${words.locks} locks`)
        .default(10)
        .argParser(positiveInteger),
    )
    .addOption(
      new Option("--lock-limit <seconds>", `longest to look for the right moment for one ${words.step}`)
        .default(300)
        .argParser(positiveInteger),
    )
    .addOption(new Option("--row-stall <ms>", words.rowStall).default(100).argParser(positiveInteger))
    .option("--no-cancel-autovacuum", "leave an autovacuum alone that stands in the way")
    .addOption(
      new Option("--end-idle-after <seconds>", "end sessions that hold a lock while idle in a transaction for longer").argParser(
        positiveInteger,
      ),
    );
}
