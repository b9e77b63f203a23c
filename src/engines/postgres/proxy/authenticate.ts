import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { FrameReader } from "./frames.ts";
import { cstring, int32, message, readFields } from "./messages.ts";

const MECHANISM = "SCRAM-SHA-256";

export interface Credentials {
  readonly user: string;
  readonly password: string | null;
}

/** What a server may ask for (manual 55.2.1). */
const METHODS: Readonly<Record<number, string>> = { 2: "Kerberos", 7: "GSSAPI", 8: "GSSAPI", 9: "SSPI" };

/**
 * Logs in to a server, up to and including AuthenticationOk: without a password, with it in the clear, as MD5 or by SCRAM-SHA-256.
 *
 * @throws Refused with the server's words; Error for a way to log in that the proxy does not know
 */
export async function authenticate(reader: FrameReader, write: (bytes: Buffer) => void, { user, password }: Credentials): Promise<void> {
  const asked = await nextAuthentication(reader);
  if (asked.code === 0) return;
  if (asked.code !== 3 && asked.code !== 5 && asked.code !== 10)
    throw new Error(`the server wants ${METHODS[asked.code] ?? `authentication method ${asked.code}`}, which goes only without a proxy`);
  if (password === null) throw new Error("the server wants a password, and none is known");
  if (asked.code === 10) return await scram(reader, write, password.normalize("NFKC"));
  const answer =
    asked.code === 3 ? password : `md5${md5(Buffer.concat([Buffer.from(md5(Buffer.from(password + user))), asked.rest.subarray(0, 4)]))}`;
  write(message("p", cstring(answer)));
  await expectAuthentication(reader, 0);
}

function md5(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** The client's half of SCRAM-SHA-256 (RFC 5802, 7677). Without channel binding, which no server can insist on. */
async function scram(reader: FrameReader, write: (bytes: Buffer) => void, password: string): Promise<void> {
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

async function nextAuthentication(reader: FrameReader): Promise<{ readonly code: number; readonly rest: Buffer }> {
  const frame = await reader.next();
  if (frame === null) throw new Error("the server closed the connection");
  if (frame.type === "E") throw new Refused(frame.bytes);
  if (frame.type !== "R") throw new Error(`the server answered ${frame.type} where it should authenticate`);
  return { code: frame.bytes.readInt32BE(5), rest: frame.bytes.subarray(9) };
}

async function expectAuthentication(reader: FrameReader, code: number): Promise<Buffer> {
  const next = await nextAuthentication(reader);
  if (next.code !== code) throw new Error(`the server answered authentication ${next.code} where ${code} follows`);
  return next.rest;
}

/** The server's own ErrorResponse, to be handed on (too many connections, a bad startup parameter). */
export class Refused extends Error {
  readonly frame: Buffer;

  constructor(frame: Buffer) {
    super(readFields(frame).get("M") ?? "the server refused the connection");
    this.frame = frame;
  }
}
