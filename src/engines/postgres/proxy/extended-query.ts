import { withoutStubParameters } from "../embedded/extensions.ts";
import type { Frame } from "./frames.ts";
import { FLUSH, message, cstring, readCString, SYNC } from "./messages.ts";
import { FAILING_SQL, Outcome, refusedResponse, type Session } from "./session.ts";
import type { ProxiedStatement } from "./types.ts";

interface Prepared {
  readonly sql: string;
  readonly refused: string | null;
}

interface Portal extends Prepared {
  /** Set while a row limit has suspended it: the statement has begun and not ended. */
  running: { readonly statement: ProxiedStatement; readonly outcome: Outcome } | null;
}

/** Answers that end Parse, Bind, Close and Describe: one for each of those messages. */
const COMPLETIONS = "123Tn";

/** Held messages are sent when they reach this size, so that a client that pipelines without end does not fill the memory. */
const BATCH_BYTES = 1 << 20;

/**
 * The extended protocol. Parse, Bind, Describe and Close are held until the client executes, flushes or syncs, which loses nothing: the
 * server would not answer earlier. Each Execute is followed by a Flush, so that the proxy knows how it ended before it lets the next one
 * of a pipeline through, and locks can be looked at before the Sync that ends the implicit transaction.
 */
export class ExtendedQuery {
  readonly #session: Session;
  readonly #prepared = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();
  #batch: { readonly frame: Buffer; readonly about: Prepared }[] = [];
  #batchBytes = 0;
  /** After an error the server discards everything up to the next Sync. */
  #failed = false;
  /** Something ran since the last Sync: the pipeline's implicit transaction is open. */
  #ran = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get failed(): boolean {
    return this.#failed;
  }

  async receive(frame: Frame): Promise<void> {
    if (frame.type === "S") return this.#sync();
    if (this.#failed) return;
    switch (frame.type) {
      case "P":
        return this.#parse(frame.bytes);
      case "B":
        return this.#bind(frame.bytes);
      case "D":
      case "C":
        return this.#describeOrClose(frame);
      case "E":
        return this.#execute(frame.bytes);
      default:
        return this.settle();
    }
  }

  /** Sends what is held and waits for its answers. */
  async settle(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    let answered = 0;
    const outcome = new Outcome();
    const finished = this.#session.exchange<true>((frame) => {
      const refused = batch[answered]?.about.refused ?? null;
      outcome.see(frame, refused);
      if (frame.type === "E") return { verdict: refused === null ? "forward" : refusedResponse(refused), done: true };
      if (COMPLETIONS.includes(frame.type)) answered++;
      return answered === batch.length ? { verdict: "forward", done: true } : { verdict: "forward" };
    });
    await this.#session.toServer(Buffer.concat([...batch.map((held) => held.frame), FLUSH]));
    await finished;
    const culprit = batch[answered];
    if (outcome.error === null || culprit === undefined) return;
    this.#failed = true;
    // A name that does not exist fails when the statement is parsed: it never runs, and is a failed statement all the same.
    const statement = this.#describe(culprit.about.sql);
    await this.#session.before(statement);
    await this.#session.after(statement, outcome.result());
  }

  #parse(bytes: Buffer): Promise<void> {
    const name = readCString(bytes, 5);
    const text = readCString(bytes, name.next);
    const about = { sql: text.text, refused: this.#session.refusal(text.text) };
    this.#prepared.set(name.text, about);
    const sent = about.refused === null ? withoutStubParameters(text.text) : FAILING_SQL;
    const frame = sent === text.text ? bytes : message("P", Buffer.concat([cstring(name.text), cstring(sent), bytes.subarray(text.next)]));
    return this.#hold(frame, about);
  }

  async #bind(bytes: Buffer): Promise<void> {
    const portal = readCString(bytes, 5);
    const about = this.#prepared.get(readCString(bytes, portal.next).text) ?? { sql: "", refused: null };
    await this.#endRunning(portal.text);
    this.#portals.set(portal.text, { ...about, running: null });
    return this.#hold(bytes, about);
  }

  async #describeOrClose({ type, bytes }: Frame): Promise<void> {
    const isStatement = bytes[5] === 0x53;
    const name = readCString(bytes, 6).text;
    const about = (isStatement ? this.#prepared.get(name) : this.#portals.get(name)) ?? { sql: "", refused: null };
    if (type === "C" && isStatement) this.#prepared.delete(name);
    if (type === "C" && !isStatement) {
      await this.#endRunning(name);
      this.#portals.delete(name);
    }
    return this.#hold(bytes, about);
  }

  async #hold(frame: Buffer, about: Prepared): Promise<void> {
    this.#batch.push({ frame, about });
    this.#batchBytes += frame.length;
    if (this.#batchBytes > BATCH_BYTES) await this.settle();
  }

  async #execute(bytes: Buffer): Promise<void> {
    await this.settle();
    if (this.#failed) return;
    const portal = this.#portals.get(readCString(bytes, 5).text) ?? { sql: "", refused: null, running: null };
    const resumed = portal.running;
    const statement = resumed?.statement ?? this.#describe(portal.sql);
    if (resumed === null) await this.#session.before(statement);
    const outcome = resumed?.outcome ?? new Outcome();
    const finished = this.#session.exchange<"completed" | "suspended" | "failed">((frame) => {
      outcome.see(frame, portal.refused);
      switch (frame.type) {
        case "C":
        case "I":
          return { verdict: "forward", done: "completed" };
        case "s":
          return { verdict: "forward", done: "suspended" };
        case "E":
          return { verdict: portal.refused === null ? "forward" : refusedResponse(portal.refused), done: "failed" };
        case "G":
          queueMicrotask(() => void this.#session.copyIn(finished));
          return { verdict: "forward" };
        default:
          return { verdict: "forward" };
      }
    });
    await this.#session.toServer(Buffer.concat([bytes, FLUSH]));
    const end = await finished;
    this.#ran = true;
    this.#failed = end === "failed";
    portal.running = end === "suspended" ? { statement, outcome } : null;
    if (end !== "suspended") await this.#session.after(statement, outcome.result());
  }

  async #sync(): Promise<void> {
    if (!this.#failed) await this.settle();
    const outcome = new Outcome();
    let ready: Buffer | null = null;
    const finished = this.#session.exchange<true>((frame) => {
      outcome.see(frame, null);
      if (frame.type !== "Z") return { verdict: "forward" };
      ready = frame.bytes;
      return { verdict: "drop", done: true };
    });
    await this.#session.toServer(SYNC);
    await finished;
    if (outcome.error !== null) {
      // The Sync committed the pipeline, and a deferred constraint said no.
      const statement = this.#session.statement("COMMIT", "extended", true, true);
      await this.#session.before(statement);
      await this.#session.after(statement, outcome.result());
    }
    this.#failed = false;
    this.#ran = false;
    if (this.#session.status === "I") {
      for (const name of this.#portals.keys()) await this.#endRunning(name);
      this.#portals.clear();
    }
    if (ready !== null) await this.#session.toClient(ready);
  }

  /** A suspended portal that will not be asked again has run as far as it ever will. */
  async #endRunning(portal: string): Promise<void> {
    const running = this.#portals.get(portal)?.running;
    if (running === undefined || running === null) return;
    await this.#session.after(running.statement, running.outcome.result());
  }

  #describe(sql: string): ProxiedStatement {
    return this.#session.statement(sql.trim().replace(/;\s*$/, ""), "extended", this.#ran || this.#session.status !== "I");
  }
}
