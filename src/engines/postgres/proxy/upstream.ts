import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FrameReader } from "./frames.ts";
import { cstring, int32 } from "./messages.ts";
import { authenticate } from "./scram.ts";

export const PROTOCOL_3_0 = 196_608;
const CANCEL_REQUEST = 80_877_102;

export interface Upstream {
  readonly socket: Socket;
  /** Behind AuthenticationOk: ParameterStatus, BackendKeyData and ReadyForQuery come next. */
  readonly reader: FrameReader;
}

export interface Target {
  readonly socketPath: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** What clients of the proxy must give: another secret than the server's. */
  readonly clientPassword: string;
}

/**
 * A session on the embedded server as the sandbox role, with the client's own startup parameters (time zone, encoding, `options`).
 *
 * @throws Refused with the server's ErrorResponse when it does not accept them.
 */
export async function openUpstream(target: Target, parameters: ReadonlyMap<string, string>): Promise<Upstream> {
  const socket = connect(target.socketPath);
  socket.on("error", () => {});
  await once(socket, "connect");
  const all = new Map([...parameters, ["user", target.user], ["database", target.database]]);
  const body = Buffer.concat([
    int32(PROTOCOL_3_0),
    ...[...all].flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.from([0]),
  ]);
  socket.write(Buffer.concat([int32(body.length + 4), body]));
  const reader = new FrameReader(socket);
  try {
    await authenticate(reader, (bytes) => socket.write(bytes), target.password);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { socket, reader };
}

export const isCancel = (startup: Buffer): boolean => startup.readUInt32BE(4) === CANCEL_REQUEST;

/** Hands a CancelRequest on: the key in it is the server's own. The server closes the connection when it has acted. */
export function forwardCancel(target: Target, startup: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(target.socketPath, () => socket.write(startup));
    socket.resume();
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}
