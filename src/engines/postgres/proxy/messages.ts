/** Building and reading the messages that the proxy itself must understand; all others pass as they are. */

export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const query = (sql: string): Buffer => message("Q", cstring(sql));
export const FLUSH: Buffer = message("H", Buffer.alloc(0));
export const SYNC: Buffer = message("S", Buffer.alloc(0));
export const AUTHENTICATION_OK = 0;
export const AUTHENTICATION_CLEARTEXT = 3;
export const authentication = (code: number): Buffer => message("R", int32(code));

export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`, "utf8");
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

/** The columns of a DataRow that was asked for as text. */
export function readRow(frame: Buffer): readonly (string | null)[] {
  const columns: (string | null)[] = [];
  let at = 7;
  for (let left = frame.readInt16BE(5); left > 0; left--) {
    const length = frame.readInt32BE(at);
    at += 4;
    columns.push(length === -1 ? null : frame.toString("utf8", at, at + length));
    if (length > 0) at += length;
  }
  return columns;
}

/** A zero-terminated string in `bytes` from `offset`, and the offset behind it. */
export function readCString(bytes: Buffer, offset: number): { readonly text: string; readonly next: number } {
  const zero = bytes.indexOf(0, offset);
  const end = zero === -1 ? bytes.length : zero;
  return { text: bytes.toString("utf8", offset, end), next: end + 1 };
}

/** Fields of an ErrorResponse or NoticeResponse by their one-letter code. */
export function readFields(frame: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 5; at < frame.length && frame[at] !== 0;) {
    const { text, next } = readCString(frame, at + 1);
    fields.set(String.fromCharCode(frame[at] ?? 0), text);
    at = next;
  }
  return fields;
}

export function writeFields(type: "E" | "N", fields: ReadonlyMap<string, string>): Buffer {
  const parts = [...fields].map(([code, value]) => cstring(code + value));
  return message(type, Buffer.concat([...parts, Buffer.from([0])]));
}

export function errorResponse(severity: "ERROR" | "FATAL", sqlstate: string, text: string, hint?: string): Buffer {
  const fields = new Map([
    ["S", severity],
    ["V", severity],
    ["C", sqlstate],
    ["M", text],
  ]);
  if (hint !== undefined) fields.set("H", hint);
  return writeFields("E", fields);
}

/** The tag of a CommandComplete: `ALTER TABLE`, `INSERT 0 3`. */
export const commandTag = (frame: Buffer): string => readCString(frame, 5).text;
