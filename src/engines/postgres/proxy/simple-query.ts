import { split } from "../parse/split.ts";
import type { OwnQuery, Refusal } from "./types.ts";
import { readCString, readFields, query, writeFields } from "./messages.ts";
import { FAILING_SQL, Outcome, refusalFrame, type Session } from "./session.ts";

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
  const replay = session.discipline !== null && parts.length > 1 && session.status === "I" && parts.every(canBeReplayed);
  const answers = replay ? new Answers(session) : null;
  for (;;) {
    const end = await runMessage(session, parts, answers);
    if (end !== "again") break;
    answers?.forget();
  }
  await answers?.tell();
  await session.toClient(readyForQuery(session.status));
}

/** @returns `again` when it was rolled back and is to be run again from its first statement */
async function runMessage(session: Session, parts: readonly Part[], answers: Answers | null): Promise<"done" | "again"> {
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
    const { end, held } = await runPart(session, part, { holdCompletion: commits, muteNotice: adopts, answers });
    if (end !== "completed") {
      // Everything since the proxy's BEGIN goes, as it would have; a transaction that the client began stays failed.
      if (ours && session.status !== "I") await quietly(session, "ROLLBACK");
      return end === "again" ? "again" : "done";
    }
    if (commits) await commit(session, held, answers);
  }
  return "done";
}

/** Neither its own transaction nor rows of the client's, which cannot be asked for twice. */
function canBeReplayed({ sql }: Part): boolean {
  return transactionControl(sql) === null && !/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*copy\b/i.test(sql);
}

/** Answers are kept up to this size; what is larger has been told, and cannot be taken back. */
const KEPT_BYTES = 1 << 20;

/** What the client is to hear once the message is through. */
class Answers {
  readonly #session: Session;
  #kept: Buffer[] = [];
  #bytes = 0;
  told = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The verdict on a message of the server's. */
  take(frame: Buffer): "drop" | Buffer {
    if (this.told) return frame;
    this.#kept.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes <= KEPT_BYTES) return "drop";
    this.told = true;
    const all = Buffer.concat(this.#kept);
    this.forget();
    return all;
  }

  forget(): void {
    this.#kept = [];
    this.#bytes = 0;
  }

  async tell(): Promise<void> {
    this.told = true;
    const kept = Buffer.concat(this.#kept);
    this.forget();
    if (kept.length > 0) await this.#session.toClient(kept);
  }
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
  /** Set where the whole message can be run again. */
  readonly answers: Answers | null;
}

interface PartEnd {
  readonly end: "completed" | "failed" | "again";
  readonly held: Buffer | null;
}

async function runPart(session: Session, part: Part, options: RunOptions): Promise<PartEnd> {
  const { discipline } = session;
  const empty = part.sql.trim() === "";
  const statement = {
    ...session.statement(part.sql.trim().replace(/;\s*$/, ""), "simple", session.status !== "I"),
    ...(options.answers === null ? {} : { replayable: !options.answers.told }),
  };
  const refused = session.refusal(part.sql);
  const own: OwnQuery = (...statements) => session.own(true, statements);
  if (!empty) await session.before(statement);
  for (;;) {
    const refusal = session.doomed ?? (await session.prepare(statement, own));
    const { outcome, held, error, answered } = await runOnce(session, part, refused, refusal, options);
    const retractable = options.answers === null ? !answered : !options.answers.told;
    if (error !== null && discipline !== null && refusal === null && refused === null && outcome.error !== null && retractable) {
      if (await discipline.again(statement, outcome.error, own)) {
        if (options.answers !== null) return { end: "again", held: null };
        continue;
      }
    }
    if (error !== null) await told(session, options, error);
    if (!empty) await session.after(statement, outcome.result());
    return { end: outcome.error === null ? "completed" : "failed", held };
  }
}

async function told(session: Session, { answers }: Pick<RunOptions, "answers">, frame: Buffer): Promise<void> {
  const verdict = answers === null ? frame : answers.take(frame);
  if (verdict !== "drop") await session.toClient(verdict);
}

interface Attempt {
  readonly outcome: Outcome;
  /** CommandComplete, kept back. */
  readonly held: Buffer | null;
  /** ErrorResponse, kept back. */
  readonly error: Buffer | null;
  /** The client has heard something of the statement already. */
  readonly answered: boolean;
}

async function runOnce(
  session: Session,
  part: Part,
  refused: string | null,
  refusal: Refusal | null,
  options: RunOptions,
): Promise<Attempt> {
  const outcome = new Outcome();
  let held: Buffer | null = null;
  let error: Buffer | null = null;
  let answered = false;
  // What was rolled back must not look committed: PostgreSQL answers COMMIT in a failed transaction with ROLLBACK, and no error.
  const doomedCommit = session.doomed !== null && isCommit(part.sql);
  const finished = session.exchange<true>((frame) => {
    outcome.see(frame, refused);
    if (frame.type === "Z") return { verdict: "drop", done: true };
    if (frame.type === "E") {
      error =
        refusal !== null
          ? refusalFrame(refusal)
          : refused === null
            ? shifted(frame.bytes, part.charactersBefore)
            : session.refused(refused);
      return { verdict: "drop" };
    }
    if (frame.type === "C" && doomedCommit && refusal !== null) {
      error = refusalFrame(refusal);
      outcome.fail(refusal);
      return { verdict: "drop" };
    }
    if (frame.type === "C" && options.holdCompletion) {
      held = frame.bytes;
      return { verdict: "drop" };
    }
    if (frame.type === "N" && options.muteNotice && readFields(frame.bytes).get("C") === "25001") return { verdict: "drop" };
    if (frame.type === "G") queueMicrotask(() => void session.copyIn(finished));
    if (options.answers !== null) return { verdict: options.answers.take(frame.bytes) };
    answered ||= frame.type !== "N" && frame.type !== "S" && frame.type !== "A";
    return { verdict: "forward" };
  });
  const failing = refused !== null || (refusal !== null && session.doomed === null);
  await session.toServer(query(failing ? FAILING_SQL : session.rewritten(part.sql)));
  await finished;
  if (refusal !== null && error !== null) outcome.fail(refusal);
  if (session.status === "I") session.doomed = null;
  return { outcome, held, error, answered };
}

export function isCommit(sql: string): boolean {
  return transactionControl(sql) === "end" && !/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:abort|rollback)\b/i.test(sql);
}

async function commit(session: Session, held: Buffer | null, answers: Answers | null): Promise<void> {
  const outcome = new Outcome();
  const finished = session.exchange<true>((frame) => {
    outcome.see(frame, null);
    if (frame.type === "Z") return { verdict: "drop", done: true };
    if (frame.type === "E" && answers !== null) return { verdict: answers.take(frame.bytes) };
    return { verdict: frame.type === "C" ? "drop" : "forward" };
  });
  await session.toServer(query("COMMIT"));
  await finished;
  if (outcome.error !== null) {
    const statement = session.statement("COMMIT", "simple", true, true);
    await session.before(statement);
    await session.after(statement, outcome.result());
    session.discipline?.ended(session.id, "rolled back");
    return;
  }
  session.discipline?.ended(session.id, "committed");
  if (held !== null) await told(session, { answers }, held);
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
