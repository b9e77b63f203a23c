import type { Socket } from "node:net";

/** One message of the wire protocol (manual, chapter 55), whole: type byte, length, body. */
export interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Cuts a socket's bytes into messages. Nothing is read ahead of what is asked for, so a slow reader on one side slows the writer on
 * the other, and a large result is never held in memory.
 */
export class FrameReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #buffered: Buffer[] = [];
  #length = 0;
  #peeked: Promise<Frame | null> | null = null;

  constructor(socket: Socket) {
    this.#chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** The next message, left in place: asking again gives the same. Null at the end of the connection. */
  peek(): Promise<Frame | null> {
    return (this.#peeked ??= this.#read());
  }

  /** The next message. Null at the end of the connection. */
  next(): Promise<Frame | null> {
    const frame = this.peek();
    this.#peeked = null;
    return frame;
  }

  /** The first message of a connection has no type byte: length and body. Null at the end. */
  async startup(): Promise<Buffer | null> {
    if (!(await this.#fill(4))) return null;
    const length = this.#joined().readUInt32BE(0);
    if (length < 8 || length > 10_000 || !(await this.#fill(length))) return null;
    return this.#take(length);
  }

  async #read(): Promise<Frame | null> {
    if (!(await this.#fill(5))) return null;
    const head = this.#joined();
    const length = 1 + head.readUInt32BE(1);
    if (length < 5 || !(await this.#fill(length))) return null;
    const bytes = this.#take(length);
    return { type: String.fromCharCode(bytes[0] ?? 0), bytes };
  }

  async #fill(length: number): Promise<boolean> {
    while (this.#length < length) {
      let result: IteratorResult<Buffer>;
      try {
        result = await this.#chunks.next();
      } catch {
        // A reset connection has ended as well.
        return false;
      }
      if (result.done === true) return false;
      this.#buffered.push(result.value);
      this.#length += result.value.length;
    }
    return true;
  }

  /** Joined only when something is about to be taken, so that a message of many chunks is copied once. */
  #joined(): Buffer {
    const [first] = this.#buffered;
    if (first !== undefined && (this.#buffered.length === 1 || first.length >= 5)) return first;
    const joined = Buffer.concat(this.#buffered);
    this.#buffered = [joined];
    return joined;
  }

  #take(length: number): Buffer {
    const [first] = this.#buffered;
    const whole = first !== undefined && first.length >= length ? first : Buffer.concat(this.#buffered);
    const rest = whole.subarray(length);
    if (whole === first) {
      if (rest.length === 0) this.#buffered.shift();
      else this.#buffered[0] = rest;
    } else this.#buffered = rest.length === 0 ? [] : [rest];
    this.#length -= length;
    return whole.subarray(0, length);
  }
}

/** Writes messages, many to a packet, and says when the other side cannot take more. */
export class FrameWriter {
  readonly #socket: Socket;
  #corked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves at once unless the socket is full. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#socket.destroyed) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done);
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.on("drain", done);
      this.#socket.on("close", done);
    });
  }
}
