import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { FrameReader } from "./frames.ts";
import { cstring, int32, message, readFields } from "./messages.ts";

const MECHANISM = "SCRAM-SHA-256";

/**
 * The client's half of SCRAM-SHA-256 (RFC 5802, 7677) towards the embedded server, up to and including AuthenticationOk.
 *
 * @throws Error with the server's words when it refuses.
 */
export async function authenticate(reader: FrameReader, write: (bytes: Buffer) => void, password: string): Promise<void> {
  await expectAuthentication(reader, 10);
  const nonce = randomBytes(18).toString("base64");
  const bare = `n=,r=${nonce}`;
  const first = Buffer.from(`n,,${bare}`);
  write(message("p", Buffer.concat([cstring(MECHANISM), int32(first.length), first])));

  const serverFirst = (await expectAuthentication(reader, 11)).toString();
  const attributes = new Map(serverFirst.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
  const serverNonce = attributes.get("r") ?? "";
  if (!serverNonce.startsWith(nonce)) throw new Error("the server's SCRAM nonce does not continue ours");
  const salt = Buffer.from(attributes.get("s") ?? "", "base64");
  const salted = await promisify(pbkdf2)(password, salt, Number(attributes.get("i")), 32, "sha256");

  const clientKey = hmac(salted, "Client Key");
  const withoutProof = `c=biws,r=${serverNonce}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash("sha256").update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))).toString("base64");
  write(message("p", Buffer.from(`${withoutProof},p=${proof}`)));

  const serverFinal = (await expectAuthentication(reader, 12)).toString();
  const verifier = Buffer.from(/v=([^,]+)/.exec(serverFinal)?.[1] ?? "", "base64");
  const expected = hmac(hmac(salted, "Server Key"), authMessage);
  if (verifier.length !== expected.length || !timingSafeEqual(verifier, expected)) throw new Error("the server's SCRAM signature is wrong");
  await expectAuthentication(reader, 0);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

async function expectAuthentication(reader: FrameReader, code: number): Promise<Buffer> {
  const frame = await reader.next();
  if (frame === null) throw new Error("the server closed the connection");
  if (frame.type === "E") throw new Refused(frame.bytes);
  if (frame.type !== "R" || frame.bytes.readInt32BE(5) !== code)
    throw new Error(`the server answered ${frame.type} where it should authenticate`);
  return frame.bytes.subarray(9);
}

/** The server's own ErrorResponse, to be handed on (too many connections, a bad startup parameter). */
export class Refused extends Error {
  readonly frame: Buffer;

  constructor(frame: Buffer) {
    super(readFields(frame).get("M") ?? "the server refused the connection");
    this.frame = frame;
  }
}
