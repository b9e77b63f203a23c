import type { Socket } from "node:net";
import type { Grammar } from "../parse/grammar.ts";
import { type Frame, type FrameReader, FrameWriter } from "./frames.ts";
import { commandTag, cstring, errorResponse, FLUSH, int16, int32, message, readFields, readRow, SYNC } from "./messages.ts";
import type { Discipline, Manner, OwnQuery, ProxiedStatement, ProxyHooks, Refusal, StatementOutcome } from "./types.ts";
import type { Upstream } from "./upstream.ts";

/** What a handler does with a message of the server: hand it on, keep it back, or put another in its place. */
type Verdict = "forward" | "drop" | Buffer;

/** SQL that fails inside the server as a refused statement should: the transaction is then in the state that the client expects. */
export const FAILING_SQL = "DO $tread$ BEGIN RAISE insufficient_privilege; END $tread$";

/** What both protocols need: the two ends, the transaction's state, the hooks. */
export class Session {
  readonly id: number;
  readonly grammar: Grammar;
  readonly client: FrameReader;
  readonly #toClient: FrameWriter;
  readonly #toServer: FrameWriter;
  readonly #hooks: ProxyHooks;
  readonly #upstream: Upstream;
  readonly #onStatement: () => void;
  readonly #manner: Manner;
  #turn: Promise<unknown> = Promise.resolve();
  /** Set while the client is in a transaction that tread has rolled back, until the client has heard of it. */
  doomed: Refusal | null = null;
  /** `I` idle, `T` in a transaction block, `E` in a failed one: the last ReadyForQuery. */
  status = "I";
  backendPid = 0;
  #handler: ((frame: Frame) => Verdict) | null = null;
  #ended: (() => void) | null = null;
  #over = false;

  constructor(options: {
    readonly id: number;
    readonly grammar: Grammar;
    readonly client: { readonly socket: Socket; readonly reader: FrameReader };
    readonly upstream: Upstream;
    readonly hooks: ProxyHooks;
    readonly onStatement: () => void;
    readonly manner: Manner;
  }) {
    this.id = options.id;
    this.grammar = options.grammar;
    this.client = options.client.reader;
    this.#toClient = new FrameWriter(options.client.socket);
    this.#toServer = new FrameWriter(options.upstream.socket);
    this.#upstream = options.upstream;
    this.#hooks = options.hooks;
    this.#onStatement = options.onStatement;
    this.#manner = options.manner;
  }

  /** @returns what the client is to hear in place of the statement */
  async prepare(statement: ProxiedStatement, own: OwnQuery): Promise<Refusal | null> {
    // In a failed transaction nothing runs.
    if (this.status === "E" || statement.sql === "") return null;
    return (await this.#hooks.discipline?.prepare(statement, own)) ?? null;
  }

  get discipline(): Discipline | null {
    return this.#hooks.discipline ?? null;
  }

  /** One at a time: a message of the client with everything that belongs to it, or something that tread does in between. */
  turn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  get over(): boolean {
    return this.#over;
  }

  toServer(bytes: Buffer): Promise<void> {
    return this.#toServer.write(bytes);
  }

  toClient(bytes: Buffer): Promise<void> {
    return this.#toClient.write(bytes);
  }

  /** Hands on whatever the server says, for as long as it is there: notices and notifications come unasked. */
  async relay(): Promise<void> {
    for (let frame = await this.#upstream.reader.next(); frame !== null; frame = await this.#upstream.reader.next()) {
      if (frame.type === "Z") this.status = String.fromCharCode(frame.bytes[5] ?? 0);
      if (frame.type === "K") this.backendPid = frame.bytes.readInt32BE(5);
      const verdict = this.#handler?.(frame) ?? "forward";
      if (verdict === "forward") await this.toClient(frame.bytes);
      else if (verdict !== "drop") await this.toClient(verdict);
    }
    this.#over = true;
    this.#ended?.();
  }

  /** Resolves with the value that `step` first returns a `done` with; rejects when the server goes away. */
  exchange<T>(step: (frame: Frame) => { readonly verdict: Verdict; readonly done?: T }): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#over) {
        reject(new SessionOver());
        return;
      }
      const settle = (): void => {
        this.#handler = null;
        this.#ended = null;
      };
      this.#ended = () => {
        settle();
        reject(new SessionOver());
      };
      this.#handler = (frame) => {
        const result = step(frame);
        if (result.done !== undefined) {
          settle();
          resolve(result.done);
        }
        return result.verdict;
      };
    });
  }

  /** Hands on the rows of COPY … FROM STDIN until the client ends them or the server has failed. */
  async copyIn(finished: Promise<unknown>): Promise<void> {
    const stop = finished.then(
      () => null,
      () => null,
    );
    for (;;) {
      const frame = await Promise.race([this.client.peek(), stop]);
      if (frame === null || !"dcfHS".includes(frame.type)) return;
      await this.client.next();
      // The server ignores Flush and Sync while it reads rows (manual 55.2.6).
      if (frame.type === "H" || frame.type === "S") continue;
      await this.toServer(frame.bytes);
      if (frame.type === "d") continue;
      await this.toServer(FLUSH);
      return;
    }
  }

  statement(sql: string, protocol: ProxiedStatement["protocol"], inTransaction: boolean, implicit: boolean = false): ProxiedStatement {
    return { connectionId: this.id, backendPid: this.backendPid, sql, protocol, inTransaction, block: this.status !== "I", implicit };
  }

  async before(statement: ProxiedStatement): Promise<void> {
    this.#onStatement();
    await this.#hooks.beforeStatement(statement);
  }

  async after(statement: ProxiedStatement, outcome: StatementOutcome): Promise<void> {
    await this.#hooks.afterStatement(statement, outcome);
  }

  refusal(sql: string): string | null {
    return this.#manner.refuse(sql);
  }

  rewritten(sql: string): string {
    return this.#manner.rewrite(sql);
  }

  refused(refusal: string): Buffer {
    return errorResponse("ERROR", "42501", `tread: ${refusal}`, this.#manner.refusalHint);
  }

  /** Resolves with the first ReadyForQuery, which is kept back. To be called before `relay`. */
  greeting(): Promise<Buffer> {
    return this.exchange<Buffer>((frame) => (frame.type === "Z" ? { verdict: "drop", done: frame.bytes } : { verdict: "forward" }));
  }

  /** Waits for the answers to what was sent up to a Sync, and keeps them back. */
  async synced(): Promise<void> {
    const finished = this.exchange<true>((frame) => (frame.type === "Z" ? { verdict: "drop", done: true } : { verdict: "drop" }));
    await this.toServer(SYNC);
    await finished;
  }

  /**
   * @param sync true: in a transaction of its own, or in the block that is open. False: inside the client's pipeline, whose implicit
   *   transaction a Sync would end
   */
  async own(sync: boolean, statements: readonly string[]): ReturnType<OwnQuery> {
    const rows: (readonly (string | null)[])[] = [];
    let failed: { readonly sqlstate: string; readonly message: string } | null = null;
    let closed = 0;
    const finished = this.exchange<true>((frame) => {
      if (frame.type === "D") rows.push(readRow(frame.bytes));
      else if (frame.type === "E") {
        const fields = readFields(frame.bytes);
        failed = { sqlstate: fields.get("C") ?? "XX000", message: fields.get("M") ?? "" };
        if (!sync) return { verdict: "drop", done: true };
      } else if (frame.type === "3") closed++;
      const over = sync ? frame.type === "Z" : closed === statements.length * 3;
      // What the server says unasked still is for the client.
      const unasked = frame.type === "S" || frame.type === "A";
      return over ? { verdict: "drop", done: true } : { verdict: unasked ? "forward" : "drop" };
    });
    await this.toServer(Buffer.concat([...statements.map(ownFrames), sync ? SYNC : FLUSH]));
    await finished;
    return failed === null ? { ok: true, rows } : { ok: false, ...(failed as { sqlstate: string; message: string }) };
  }
}

const OWN = cstring("tread_own");

function ownFrames(sql: string): Buffer {
  return Buffer.concat([
    // One that failed was never closed.
    message("C", Buffer.concat([Buffer.from("S"), OWN])),
    message("P", Buffer.concat([OWN, cstring(sql), int16(0)])),
    message("B", Buffer.concat([OWN, OWN, int16(0), int16(0), int16(0)])),
    message("E", Buffer.concat([OWN, int32(0)])),
    message("C", Buffer.concat([Buffer.from("P"), OWN])),
    message("C", Buffer.concat([Buffer.from("S"), OWN])),
  ]);
}

/** The server closed the connection: nothing is left to say to the client. */
export class SessionOver extends Error {}

/** The ErrorResponse for what a discipline refused. */
export function refusalFrame({ sqlstate, message: text, hint }: Refusal): Buffer {
  return errorResponse("ERROR", sqlstate, text, hint);
}

/** Collects how a statement ended from the messages that the server sends about it. */
export class Outcome {
  readonly #started = performance.now();
  #ended: number | null = null;
  error: StatementOutcome["error"] = null;
  tag: string | null = null;

  see(frame: Frame, refused: string | null): void {
    if (frame.type === "C") this.tag = commandTag(frame.bytes);
    else if (frame.type === "E") {
      const fields = readFields(frame.bytes);
      this.error ??=
        refused === null
          ? { sqlstate: fields.get("C") ?? "XX000", message: fields.get("M") ?? "" }
          : { sqlstate: "42501", message: `tread: ${refused}` };
    } else return;
    this.#ended ??= performance.now();
  }

  /** It failed by tread's will, whatever the server said. */
  fail({ sqlstate, message: text }: Refusal): void {
    this.error = { sqlstate, message: text };
  }

  result(): StatementOutcome {
    return {
      durationMs: (this.#ended ?? performance.now()) - this.#started,
      error: this.error,
      commandTag: this.error === null ? this.tag : null,
    };
  }
}
