import { withoutStubParameters } from "../embedded/extensions.ts";
import { split } from "../parse/split.ts";
import { readCString, readFields, query, writeFields } from "./messages.ts";
import { FAILING_SQL, Outcome, refusedResponse, type Session } from "./session.ts";

interface Part {
  readonly sql: string;
  /** Characters (code points) of the client's text before it: the server counts error positions so. */
  readonly charactersBefore: number;
}

/**
 * A Query message. Several statements in one message are one implicit transaction for Postgres; to stop between them, they are sent one
 * by one inside a BEGIN … COMMIT of the proxy's. That keeps what a client can see: all or nothing, the first error ends the message,
 * statements that cannot run in a transaction block fail with 25001, and a BEGIN or COMMIT among them means what it would have meant.
 * (One difference is known: SAVEPOINT, which an implicit transaction refuses with 25P01, works.)
 */
export async function simpleQuery(session: Session, body: Buffer): Promise<void> {
  const text = readCString(body, 5).text;
  const parts = partsOf(session, text);
  // True while the transaction is the proxy's: nobody's BEGIN, and nobody's COMMIT ended it.
  let ours = false;
  for (const [index, part] of parts.entries()) {
    const control = transactionControl(part.sql);
    if (parts.length > 1 && session.status === "I" && control === null) {
      await quietly(session, "BEGIN");
      ours = true;
    }
    const adopts = ours && control === "begin";
    if (control !== null) ours = false;
    const commits = ours && index === parts.length - 1;
    const { failed, held } = await runPart(session, part, { holdCompletion: commits, muteNotice: adopts });
    if (failed) {
      // Everything since the proxy's BEGIN goes, as it would have; a transaction that the client began stays failed.
      if (ours) await quietly(session, "ROLLBACK");
      break;
    }
    if (commits) await commit(session, held);
  }
  await session.toClient(readyForQuery(session.status));
}

/** One part, the whole, when it cannot be told apart with certainty: the server then judges it. */
function partsOf(session: Session, text: string): readonly Part[] {
  const whole = [{ sql: text, charactersBefore: 0 }];
  const pieces = split(text);
  if (pieces.length <= 1 || pieces.some((piece) => piece.kind === "meta" || piece.copyData)) return whole;
  const parsed = session.grammar.parse(text);
  // A syntax error anywhere keeps Postgres from running any of it.
  if (!parsed.ok || parsed.statements.length !== pieces.length) return whole;
  let at = 0;
  let characters = 0;
  return pieces.map((piece) => {
    for (; at < piece.start; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) characters++;
    return { sql: text.slice(piece.start, piece.end), charactersBefore: characters };
  });
}

/** `begin` and `end` change whose transaction it is; savepoints do not. */
function transactionControl(sql: string): "begin" | "end" | null {
  const head = sql
    .replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "")
    .slice(0, 60)
    .toLowerCase();
  if (/^(?:begin|start\s+transaction)\b/.test(head)) return "begin";
  if (/^(?:commit|end|abort|rollback)\b/.test(head) && !/^rollback\s+(?:work\s+|transaction\s+)?to\b/.test(head)) return "end";
  return null;
}

interface RunOptions {
  /** Keeps CommandComplete back until the implicit COMMIT has worked: a deferred constraint may still fail. */
  readonly holdCompletion: boolean;
  /** "there is already a transaction in progress" is about the proxy's BEGIN, not the client's. */
  readonly muteNotice: boolean;
}

async function runPart(session: Session, part: Part, options: RunOptions): Promise<{ failed: boolean; held: Buffer | null }> {
  const empty = part.sql.trim() === "";
  const statement = session.statement(part.sql.trim().replace(/;\s*$/, ""), "simple", session.status !== "I");
  const refused = session.refusal(part.sql);
  if (!empty) await session.before(statement);
  const outcome = new Outcome();
  let held: Buffer | null = null;
  const finished = session.exchange<true>((frame) => {
    outcome.see(frame, refused);
    if (frame.type === "Z") return { verdict: "drop", done: true };
    if (frame.type === "E") return { verdict: refused === null ? shifted(frame.bytes, part.charactersBefore) : refusedResponse(refused) };
    if (frame.type === "C" && options.holdCompletion) {
      held = frame.bytes;
      return { verdict: "drop" };
    }
    if (frame.type === "N" && options.muteNotice && readFields(frame.bytes).get("C") === "25001") return { verdict: "drop" };
    if (frame.type === "G") queueMicrotask(() => void session.copyIn(finished));
    return { verdict: "forward" };
  });
  await session.toServer(query(refused === null ? withoutStubParameters(part.sql) : FAILING_SQL));
  await finished;
  if (!empty) await session.after(statement, outcome.result());
  return { failed: outcome.error !== null, held };
}

async function commit(session: Session, held: Buffer | null): Promise<void> {
  const outcome = new Outcome();
  const finished = session.exchange<true>((frame) => {
    outcome.see(frame, null);
    if (frame.type === "Z") return { verdict: "drop", done: true };
    return { verdict: frame.type === "C" ? "drop" : "forward" };
  });
  await session.toServer(query("COMMIT"));
  await finished;
  if (outcome.error !== null) {
    const statement = session.statement("COMMIT", "simple", true, true);
    await session.before(statement);
    await session.after(statement, outcome.result());
  } else if (held !== null) await session.toClient(held);
}

/** A statement of the proxy's own: the client hears nothing of it. */
async function quietly(session: Session, sql: string): Promise<void> {
  const finished = session.exchange<true>((frame) => (frame.type === "Z" ? { verdict: "drop", done: true } : { verdict: "drop" }));
  await session.toServer(query(sql));
  await finished;
}

function readyForQuery(status: string): Buffer {
  return Buffer.from([0x5a, 0, 0, 0, 5, status.charCodeAt(0)]);
}

/** The error's position, counted in the text that the client sent. */
function shifted(frame: Buffer, characters: number): Buffer {
  const fields = readFields(frame);
  const position = fields.get("P");
  if (position === undefined || characters === 0) return frame;
  return writeFields("E", fields.set("P", String(Number(position) + characters)));
}
