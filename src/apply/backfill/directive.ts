import type { JudgedStatement } from "../../model/judged.ts";

/** `-- tread: backfill table=person key=id batch=auto verify='nickname IS NULL'` before an UPDATE, a DELETE or an INSERT … SELECT. */
export interface BackfillDirective {
  /** The table whose rows are walked, as written; null: the one that the statement updates or deletes from. */
  readonly table: string | null;
  /** Columns of the key; empty: the primary key. */
  readonly key: readonly string[];
  /** Rows per batch; null: steered to a target time. */
  readonly batch: number | null;
  /** True for the rows that are still to be done (SQL over the table); null: derived. */
  readonly verify: string | null;
  /** New writes are right for another reason than a default, a trigger or the versions that serve: in words. */
  readonly newWrites: string | null;
  /** Disjoint ranges worked on at once. */
  readonly workers: number | null;
}

/** A directive that cannot be followed. */
export class BadDirective extends Error {
  override readonly name = "BadDirective";
  readonly help: string;
  readonly exitCode = 2;
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

const KEYS = ["table", "key", "batch", "verify", "new-writes", "workers"] as const;
type Key = (typeof KEYS)[number];

/** @returns null where the statement has none. @throws BadDirective */
export function backfillOf({ statement }: JudgedStatement): BackfillDirective | null {
  const words = statement.directives?.find((directive) => /^backfill\b/.test(directive));
  if (words === undefined) {
    const [other] = statement.directives ?? [];
    if (other === undefined) return null;
    throw bad(
      statement,
      `\`tread: ${other.split(/\s/)[0] ?? ""}\` is not known`,
      "known: `-- tread: backfill table=… key=… batch=auto verify='…'`",
    );
  }
  const settings = new Map<Key, string>();
  const pattern = /\s+([a-z-]+)=(?:'((?:[^']|'')*)'|(\S+))/gy;
  pattern.lastIndex = "backfill".length;
  while (pattern.lastIndex < words.length) {
    const match = pattern.exec(words);
    if (match === null) throw bad(statement, `\`${words}\` cannot be read`, "write key=value, and values with blanks in single quotes");
    const name = match[1] ?? "";
    if (!(KEYS as readonly string[]).includes(name))
      throw bad(statement, `\`${name}\` is no setting of a backfill`, `known: ${KEYS.join(", ")}`);
    settings.set(name as Key, match[2]?.replaceAll("''", "'") ?? match[3] ?? "");
  }
  const batch = settings.get("batch") ?? "auto";
  return {
    table: settings.get("table") ?? null,
    key: columnsOf(settings.get("key") ?? ""),
    batch: batch === "auto" ? null : wholeNumber(statement, "batch", batch),
    verify: settings.get("verify") ?? null,
    newWrites: settings.get("new-writes") ?? null,
    workers: settings.has("workers") ? wholeNumber(statement, "workers", settings.get("workers") ?? "") : null,
  };
}

/** `tenant_id, "Id"`: as in SQL a quoted name may hold anything. (What is not quoted stays as written: there are projects with `key=orderId`.) */
function columnsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"]|"")+)"|[^\s,"]+/g)].map(([whole, quoted]) => quoted?.replaceAll('""', '"') ?? whole);
}

function wholeNumber(statement: JudgedStatement["statement"], name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw bad(statement, `${name}=${text}: expected a whole number greater than 0${name === "batch" ? ", or auto" : ""}`, "");
}

function bad({ span }: JudgedStatement["statement"], message: string, help: string): BadDirective {
  return new BadDirective(`${span.file}:${span.line}: ${message}`, help);
}
