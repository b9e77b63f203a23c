import { nearest } from "../../text/nearest.ts";
import { PlanTrouble } from "../trouble.ts";
import { CLICKHOUSE_VERBS, withoutPlan } from "./clickhouse.ts";
import { PHRASES, type Phrase, type Said } from "./grammar.ts";
import { Words } from "./words.ts";

export interface ReadWords extends Said {
  /** As they were said, one blank between them. */
  readonly words: string;
}

function phraseOf(verb: string): Phrase | undefined {
  return PHRASES.find((phrase) => phrase.verb === verb || phrase.also?.includes(verb) === true);
}

/** Whether the first word names a change: otherwise it is a migration. */
export function isVerb(word: string): boolean {
  const lower = word.toLowerCase();
  return phraseOf(lower) !== undefined || CLICKHOUSE_VERBS.includes(lower);
}

/** The change that a word was probably meant to be; null where none is near. */
export function nearestVerb(word: string): string | null {
  return nearest(word.toLowerCase(), [...PHRASES.flatMap(({ verb, also }) => [verb, ...(also ?? [])]), ...CLICKHOUSE_VERBS]);
}

/**
 * Reads `not-null person.email` and its like.
 * @param args as the shell hands them over
 * @throws PlanTrouble for a change that is not known, or said another way
 */
export function readWords(args: readonly string[]): ReadWords {
  const [first = "", ...others] = args
    .flatMap((arg, index) => (index === 0 ? arg.trim().split(/\s+(.*)/s, 2) : [arg]))
    .filter((arg) => arg !== "");
  const verb = first.toLowerCase();
  const phrase = phraseOf(verb);
  if (phrase === undefined) {
    if (CLICKHOUSE_VERBS.includes(verb)) throw withoutPlan(verb);
    const near = nearestVerb(verb);
    throw new PlanTrouble(
      `${first}: neither a migration nor a change`,
      `${near === null ? "" : `did you mean ${near}? `}changes: ${PHRASES.map((each) => each.verb).join(", ")}`,
    );
  }
  const text = others.join(" ").replace(/\s+/g, " ").trim();
  return { words: `${phrase.verb} ${text}`, ...phrase.read(new Words(text, phrase.usage, phrase.verb)) };
}

/** One line per change, for the help. */
export function usages(): readonly string[] {
  return PHRASES.map(({ usage }) => usage);
}
