import type { Socket } from "node:net";
import { FrameReader } from "./frames.ts";
import { cstring, int32 } from "./messages.ts";
import { authenticate } from "./authenticate.ts";

export const PROTOCOL_3_0 = 196_608;
const CANCEL_REQUEST = 80_877_102;

export interface Upstream {
  readonly socket: Socket;
  /** Behind AuthenticationOk: ParameterStatus, BackendKeyData and ReadyForQuery come next. */
  readonly reader: FrameReader;
}

export interface Target {
  /** A connection to the server, encrypted where that was asked for. Rejects when there is none to be had. */
  readonly connect: () => Promise<Socket>;
  readonly user: string;
  /** Null where the server wants none. */
  readonly password: string | null;
  readonly database: string;
  /** Any of these lets a client of the proxy in. */
  readonly clientPasswords: readonly string[];
  /** Start-up options that the user gave with the address, before the client's own. */
  readonly options: string;
}

/**
 * A session on the server as the target's role, with the client's own startup parameters (time zone, encoding, `options`).
 *
 * @throws Refused with the server's ErrorResponse when it does not accept them.
 */
export async function openUpstream(target: Target, parameters: ReadonlyMap<string, string>): Promise<Upstream> {
  const socket = await target.connect();
  socket.on("error", () => {});
  const all = new Map([...parameters, ["user", target.user], ["database", target.database]]);
  const options = [target.options, parameters.get("options") ?? ""].filter((part) => part !== "").join(" ");
  if (options !== "") all.set("options", options);
  const body = Buffer.concat([
    int32(PROTOCOL_3_0),
    ...[...all].flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.from([0]),
  ]);
  socket.write(Buffer.concat([int32(body.length + 4), body]));
  const reader = new FrameReader(socket);
  try {
    await authenticate(reader, (bytes) => socket.write(bytes), { user: target.user, password: target.password });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { socket, reader };
}

export const isCancel = (startup: Buffer): boolean => startup.readUInt32BE(4) === CANCEL_REQUEST;

/** Hands a CancelRequest on: the key in it is the server's own. The server closes the connection when it has acted. */
export async function forwardCancel(target: Target, startup: Buffer): Promise<void> {
  let socket: Socket;
  try {
    socket = await target.connect();
  } catch {
    return;
  }
  await new Promise<void>((resolve) => {
    socket.write(startup);
    socket.resume();
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}
