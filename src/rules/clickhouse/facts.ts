import type { Span } from "../../text/span.ts";

/** An answer of a server to one of the queries that decide a hazard (`tread.facts/1`, docs/formats.md). */
export interface Fact {
  readonly query: string;
  /** Rows that the query counted. */
  readonly value: number;
  /** ISO 8601, or null where the file does not say when it was asked. */
  readonly at: string | null;
  /** Which server answered; null where the file does not say. */
  readonly host: string | null;
  readonly span: Span;
}

/** What all servers that were asked say together. */
export interface Answer {
  /** Rows over all hosts: 0 only where every one of them answered 0. */
  readonly rows: number;
  readonly hosts: readonly string[];
  /** When the oldest of the answers was given; null where one of them does not say. */
  readonly at: string | null;
  /** The file that holds it. */
  readonly file: string;
}

/** Looked up by the text of the query, whatever its spaces and line breaks. Remembers what was asked for. */
export class Facts {
  private readonly byQuery = new Map<string, Fact[]>();
  private readonly asked = new Set<string>();

  constructor(facts: readonly Fact[]) {
    for (const fact of facts) {
      const key = normaliseQuery(fact.query);
      const known = this.byQuery.get(key);
      if (known === undefined) this.byQuery.set(key, [fact]);
      else known.push(fact);
    }
  }

  answer(query: string): Answer | null {
    if (this.byQuery.size === 0) return null;
    const key = normaliseQuery(query);
    const facts = this.byQuery.get(key);
    if (facts === undefined) return null;
    this.asked.add(key);
    const perHost = new Map<string, Fact>();
    for (const fact of facts) {
      const known = perHost.get(fact.host ?? "");
      // Of two answers of one host the later one holds; where neither says when, the one further down.
      if (known === undefined || (known.at ?? "") <= (fact.at ?? "")) perHost.set(fact.host ?? "", fact);
    }
    const last = [...perHost.values()];
    const times = last.map(({ at }) => at);
    return {
      rows: last.reduce((sum, { value }) => sum + value, 0),
      hosts: last.flatMap(({ host }) => (host === null ? [] : [host])),
      at: times.includes(null) ? null : ([...times].sort()[0] ?? null),
      file: last[0]?.span.file ?? "",
    };
  }

  /** Queries that this file answers and that no finding of this run depends on. */
  unused(): readonly Fact[] {
    return [...this.byQuery].flatMap(([key, facts]) => (this.asked.has(key) ? [] : facts.slice(0, 1)));
  }

  all(): readonly Fact[] {
    return [...this.byQuery.values()].flat();
  }
}

export const NO_FACTS: Facts = new Facts([]);

/**
 * A key that is the same for every layout of one query: white space goes, but inside of quotes and between words. A `FORMAT` at the
 * end, and the semicolon, belong to the client.
 */
export function normaliseQuery(query: string): string {
  const bare = query
    .trim()
    .replace(/[\s;]+$/, "")
    .replace(/\s+FORMAT\s+\w+$/i, "");
  let key = "";
  for (const [piece] of bare.matchAll(/'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*"|\s+|[^\s'`"]+|./gs)) {
    if (/^\s/.test(piece)) key += " ";
    else key += /^['`"]/.test(piece) ? piece : piece.replaceAll(/\s+/g, " ");
  }
  return withoutLooseSpaces(key);
}

function withoutLooseSpaces(text: string): string {
  return text.replaceAll(
    /('(?:[^'\\]|\\.|'')*')|\s*([^\w\s'`"])\s*/g,
    (_, quoted: string | undefined, sign: string | undefined) => quoted ?? sign ?? "",
  );
}
