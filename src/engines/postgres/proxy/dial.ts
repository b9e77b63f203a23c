import { connect, isIP, type NetConnectOpts, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { int32 } from "./messages.ts";

const SSL_REQUEST = 80_877_103;

/** The server was reached and does not speak TLS, or the other way round: another way may be open. */
export class NoTls extends Error {}

/**
 * A connection to a server of which nothing has been read yet.
 * @param tls as `tls.connect` takes it, or null for none
 * @throws the system's error, or NoTls
 */
export async function dial(
  where: { readonly path: string } | { readonly host: string; readonly port: number },
  tls: ConnectionOptions | null = null,
): Promise<Socket> {
  const socket = await open(where);
  if (tls === null || "path" in where) return socket;
  const answer = await new Promise<string>((resolve, reject) => {
    const over = (): void => reject(new NoTls("the server closed the connection when asked for TLS"));
    socket.once("close", over);
    socket.once("error", reject);
    socket.once("data", (bytes: Buffer) => {
      socket.pause();
      socket.off("close", over);
      socket.off("error", reject);
      // Whatever follows the one byte in the clear was put there by somebody else (CVE-2021-23222).
      resolve(bytes.length === 1 ? bytes.toString("latin1") : "?");
    });
    socket.write(Buffer.concat([int32(8), int32(SSL_REQUEST)]));
  });
  if (answer !== "S") {
    socket.destroy();
    throw new NoTls("The server does not support SSL connections");
  }
  const { connect: connectTls } = await import("node:tls");
  return await new Promise((resolve, reject) => {
    const secured = connectTls({
      // Without `host`, a certificate would be held against `localhost` where an address is given.
      host: where.host,
      ...tls,
      socket,
      ...(isIP(where.host) === 0 ? { servername: where.host } : {}),
    });
    const failed = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    secured.once("error", failed);
    secured.once("secureConnect", () => {
      secured.off("error", failed);
      resolve(secured);
    });
  });
}

function open(where: NetConnectOpts): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(where);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
