import type { Frame } from "./frames.ts";
import { FLUSH, message, cstring, readCString, SYNC } from "./messages.ts";
import { FAILING_SQL, Outcome, refusalFrame, type Session } from "./session.ts";
import { isCommit } from "./simple-query.ts";
import type { OwnQuery, ProxiedStatement, Refusal } from "./types.ts";

interface Prepared {
  readonly sql: string;
  readonly refused: string | null;
}

interface Portal extends Prepared {
  /** The Bind that made it: what runs again is bound again. Null for a portal that does not exist. */
  readonly bind: Buffer | null;
  /** Why tread does not let it run. */
  refusal: Refusal | null;
  /** Set while a row limit has suspended it: the statement has begun and not ended. */
  running: { readonly statement: ProxiedStatement; readonly outcome: Outcome } | null;
}

interface Executed {
  readonly end: "completed" | "suspended" | "failed";
  /** ErrorResponse, kept back. */
  error: Buffer | null;
  /** The client has heard something of the statement already. */
  readonly answered: boolean;
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
  /** Those whose Bind the server has had. */
  #onServer = new WeakSet<Portal>();
  #batch: { readonly frame: Buffer; readonly about: Prepared; readonly portal?: Portal }[] = [];
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
    for (const { portal } of batch) if (portal !== undefined) await this.#prepare(portal);
    let answered = 0;
    const outcome = new Outcome();
    const finished = this.#session.exchange<true>((frame) => {
      const refused = batch[answered]?.about.refused ?? null;
      outcome.see(frame, refused);
      if (frame.type === "E") return { verdict: this.#errorOf(frame, refused), done: true };
      if (COMPLETIONS.includes(frame.type)) answered++;
      return answered === batch.length ? { verdict: "forward", done: true } : { verdict: "forward" };
    });
    await this.#session.toServer(Buffer.concat([...batch.map((held) => held.frame), FLUSH]));
    await finished;
    for (const { portal } of batch) if (portal !== undefined) this.#onServer.add(portal);
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
    const sent = about.refused === null ? this.#session.rewritten(text.text) : FAILING_SQL;
    const frame = sent === text.text ? bytes : message("P", Buffer.concat([cstring(name.text), cstring(sent), bytes.subarray(text.next)]));
    return this.#hold(frame, about);
  }

  async #bind(bytes: Buffer): Promise<void> {
    const portal = readCString(bytes, 5);
    const about = this.#prepared.get(readCString(bytes, portal.next).text) ?? { sql: "", refused: null };
    await this.#endRunning(portal.text);
    const bound: Portal = { ...about, bind: bytes, refusal: null, running: null };
    this.#portals.set(portal.text, bound);
    return this.#hold(bytes, about, bound);
  }

  /**
   * Before the Bind: a Sync of tread's own then ends no transaction in which the client has a portal. Inside a pipeline, which is a
   * transaction already, there is none.
   */
  async #prepare(portal: Portal): Promise<void> {
    const { discipline, doomed } = this.#session;
    if (discipline === null || portal.refused !== null || doomed !== null) return;
    portal.refusal = await this.#session.prepare(this.#describe(portal.sql), this.#own());
  }

  #own(): OwnQuery {
    const open = this.#ran || [...this.#portals.values()].some((portal) => this.#onServer.has(portal));
    const sync = this.#session.status !== "I" || !open;
    return (...statements) => this.#session.own(sync, statements);
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

  async #hold(frame: Buffer, about: Prepared, portal?: Portal): Promise<void> {
    this.#batch.push({ frame, about, ...(portal === undefined ? {} : { portal }) });
    this.#batchBytes += frame.length;
    if (this.#batchBytes > BATCH_BYTES) await this.settle();
  }

  async #execute(bytes: Buffer): Promise<void> {
    await this.settle();
    if (this.#failed) return;
    const portal = this.#portals.get(readCString(bytes, 5).text) ?? { sql: "", refused: null, bind: null, refusal: null, running: null };
    const resumed = portal.running;
    const statement = resumed?.statement ?? this.#describe(portal.sql);
    if (resumed === null) await this.#session.before(statement);
    const outcome = resumed?.outcome ?? new Outcome();
    const refusal = this.#session.doomed ?? portal.refusal;
    if (this.#session.doomed === null && portal.refusal !== null) {
      // The server's transaction fails as the client's does.
      await this.#session.own(false, [FAILING_SQL]);
      outcome.fail(portal.refusal);
      this.#failed = true;
      await this.#session.toClient(refusalFrame(portal.refusal));
      return this.#session.after(statement, outcome.result());
    }
    let end = await this.#once(bytes, portal, outcome, refusal);
    while (end.error !== null && (await this.#again(statement, portal, outcome, end, resumed === null))) {
      outcome.error = null;
      end = await this.#once(bytes, portal, outcome, null, true);
    }
    if (end.error !== null) await this.#session.toClient(end.error);
    this.#ran = true;
    this.#failed = end.end === "failed";
    portal.running = end.end === "suspended" ? { statement, outcome } : null;
    if (end.end !== "suspended") await this.#session.after(statement, outcome.result());
  }

  async #once(bytes: Buffer, portal: Portal, outcome: Outcome, refusal: Refusal | null, rebind = false): Promise<Executed> {
    let answered = false;
    let error: Buffer | null = null;
    const doomedCommit = refusal !== null && isCommit(portal.sql);
    const finished = this.#session.exchange<Executed["end"]>((frame) => {
      outcome.see(frame, portal.refused);
      switch (frame.type) {
        case "C":
          if (doomedCommit) {
            outcome.fail(refusal);
            error = refusalFrame(refusal);
            return { verdict: "drop", done: "failed" };
          }
          return { verdict: "forward", done: "completed" };
        case "I":
          return { verdict: "forward", done: "completed" };
        case "s":
          return { verdict: "forward", done: "suspended" };
        case "E":
          error = refusal !== null ? refusalFrame(refusal) : portal.refused === null ? frame.bytes : this.#session.refused(portal.refused);
          return { verdict: "drop", done: "failed" };
        case "2":
          return { verdict: rebind ? "drop" : "forward" };
        case "G":
          answered = true;
          queueMicrotask(() => void this.#session.copyIn(finished));
          return { verdict: "forward" };
        default:
          answered ||= frame.type !== "N" && frame.type !== "S" && frame.type !== "A";
          return { verdict: "forward" };
      }
    });
    await this.#session.toServer(Buffer.concat([...(rebind && portal.bind !== null ? [portal.bind] : []), bytes, FLUSH]));
    return { end: await finished, error, answered };
  }

  /** Whether it may be, and is to be, run again. The server waits for a Sync after an error, which the client has not heard of yet. */
  async #again(statement: ProxiedStatement, portal: Portal, outcome: Outcome, end: Executed, whole: boolean): Promise<boolean> {
    const { discipline, doomed, status } = this.#session;
    if (discipline === null || outcome.error === null || doomed !== null || portal.refused !== null || portal.bind === null) return false;
    if (!whole || end.answered || (this.#ran && status === "I")) return false;
    await this.#session.synced();
    const own: OwnQuery = (...statements) => this.#session.own(true, statements);
    if (!(await discipline.again(statement, outcome.error, own))) return false;
    portal.refusal = await this.#session.prepare(statement, own);
    if (portal.refusal === null) return true;
    end.error = refusalFrame(portal.refusal);
    outcome.fail(portal.refusal);
    return false;
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
    if (this.#ran && this.#session.status === "I")
      this.#session.discipline?.ended(this.#session.id, this.#failed || outcome.error !== null ? "rolled back" : "committed");
    this.#failed = false;
    this.#ran = false;
    if (this.#session.status === "I") {
      this.#session.doomed = null;
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

  #errorOf(frame: Frame, refused: string | null): Buffer {
    const { doomed } = this.#session;
    return doomed !== null ? refusalFrame(doomed) : refused === null ? frame.bytes : this.#session.refused(refused);
  }

  #describe(sql: string): ProxiedStatement {
    return this.#session.statement(sql.trim().replace(/;\s*$/, ""), "extended", this.#ran || this.#session.status !== "I");
  }
}
