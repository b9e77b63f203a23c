import type { Socket } from "node:net";
import type { Grammar } from "../parse/grammar.ts";
import { refusalBy } from "../embedded/refuse.ts";
import { type Frame, type FrameReader, FrameWriter } from "./frames.ts";
import { commandTag, errorResponse, FLUSH, readFields } from "./messages.ts";
import type { ProxiedStatement, ProxyHooks, StatementOutcome } from "./types.ts";
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
  }) {
    this.id = options.id;
    this.grammar = options.grammar;
    this.client = options.client.reader;
    this.#toClient = new FrameWriter(options.client.socket);
    this.#toServer = new FrameWriter(options.upstream.socket);
    this.#upstream = options.upstream;
    this.#hooks = options.hooks;
    this.#onStatement = options.onStatement;
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
    return { connectionId: this.id, backendPid: this.backendPid, sql, protocol, inTransaction, implicit };
  }

  async before(statement: ProxiedStatement): Promise<void> {
    this.#onStatement();
    await this.#hooks.beforeStatement(statement);
  }

  async after(statement: ProxiedStatement, outcome: StatementOutcome): Promise<void> {
    await this.#hooks.afterStatement(statement, outcome);
  }

  refusal(sql: string): string | null {
    return refusalBy(this.grammar, sql);
  }
}

/** The server closed the connection: nothing is left to say to the client. */
export class SessionOver extends Error {}

export function refusedResponse(refusal: string): Buffer {
  return errorResponse("ERROR", "42501", `tread: ${refusal}`, "The rehearsal's server lives on this machine. See `tread rehearse --help`.");
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

  result(): StatementOutcome {
    return {
      durationMs: (this.#ended ?? performance.now()) - this.#started,
      error: this.error,
      commandTag: this.error === null ? this.tag : null,
    };
  }
}
