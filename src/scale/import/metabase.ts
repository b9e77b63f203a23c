import { ImportTrouble } from "./columns.ts";
import { rowsOfValue, wordsOf, type Row } from "./rows.ts";

/** Where a question is. */
export interface Question {
  /** `https://metabase.example.org`, with a path where Metabase is served below one. */
  readonly base: string;
  readonly id: number;
}

/**
 * The question that a reader means: a base URL and an id, or the address from the browser
 * (`https://metabase.example.org/question/123-table-sizes`), which holds both.
 * @throws ImportTrouble
 */
export function readQuestion(address: string, id: string | null): Question {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new ImportTrouble(`${JSON.stringify(address)} is no URL`, "for example --metabase https://metabase.example.org --question 123");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new ImportTrouble(`${url.protocol}//… is no web address`, "for example --metabase https://metabase.example.org --question 123");
  if (url.username !== "" || url.password !== "")
    throw new ImportTrouble("the Metabase URL holds a user or a password", "leave them out: the API key comes from METABASE_API_KEY");
  const path = /^(.*?)\/(?:question|model|api\/card)\/(\d+)/.exec(url.pathname);
  const number = id ?? path?.[2] ?? null;
  if (number === null || !/^\d+$/.test(number) || Number(number) === 0)
    throw new ImportTrouble(
      id === null ? "which question? The address holds no id" : `${JSON.stringify(id)} is no question's id`,
      "the number in the question's address: /question/123-table-sizes → --question 123",
    );
  return { base: `${url.origin}${(path?.[1] ?? url.pathname).replace(/\/+$/, "")}`, id: Number(number) };
}

/**
 * Runs a saved question and returns its rows: `POST /api/card/:card-id/query/json` with an API key in `x-api-key`
 * (https://www.metabase.com/docs/latest/api/card, https://www.metabase.com/docs/latest/people-and-groups/api-keys). The answer is a list of
 * objects keyed by the columns' display names; a query that fails answers 202 or 200 with `error` in an object.
 * @throws ImportTrouble; the key is in no message
 */
export async function fetchQuestion(question: Question, key: string, timeoutMs: number): Promise<readonly Row[]> {
  const name = `question ${question.id} of ${question.base}`;
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${question.base}/api/card/${question.id}/query/json`, {
      method: "POST",
      // As a form, which every version since 0.49 takes; a JSON body is understood from 0.53 on. Raw numbers, not "2,004,118,230".
      headers: { "x-api-key": key, "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: "parameters=%5B%5D&format_rows=false",
      // A redirect would carry the key to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.text();
  } catch (error) {
    throw unreachable(error, question, timeoutMs);
  }
  const said = oneLineOf(body).replaceAll(key, "***");
  if (response.status >= 300 && response.status < 400) {
    const to = response.headers.get("location");
    throw new ImportTrouble(`${question.base} redirects${to === null ? "" : ` to ${to}`}`, "name the address that it redirects to", 3);
  }
  if (response.status === 401)
    throw new ImportTrouble(
      `${question.base} does not accept the API key`,
      "METABASE_API_KEY holds a key made under Admin settings → Authentication → API keys",
      3,
    );
  if (response.status === 403)
    throw new ImportTrouble(
      `the API key may not run ${name}`,
      "its group needs to view the question's collection and to query its database",
      3,
    );
  if (response.status === 404)
    throw new ImportTrouble(`${name} does not exist`, "the number in the question's address: /question/123-table-sizes → 123", 3);
  if (!response.ok) throw new ImportTrouble(`${question.base} answered ${response.status}${said === "" ? "" : `: ${said}`}`, "", 3);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new ImportTrouble(
      `${question.base} answered with something that is no JSON: ${said}`,
      "is it Metabase, and is the base path right?",
      3,
    );
  }
  return rowsOfValue(name, value);
}

function unreachable(error: unknown, { base }: Question, timeoutMs: number): ImportTrouble {
  if (error instanceof Error && error.name === "TimeoutError")
    return new ImportTrouble(
      `${base} did not answer within ${timeoutMs / 1000} s`,
      "a question that takes long can be saved: `tread scale import FILE`",
      3,
    );
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? wordsOf(cause.code) : "";
  return new ImportTrouble(`${base} cannot be reached${code === "" ? "" : ` (${code})`}`, "is the address right, and is a VPN needed?", 3);
}

function oneLineOf(body: string): string {
  const line = body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
