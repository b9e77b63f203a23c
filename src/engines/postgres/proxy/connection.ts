import { timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import type { Grammar } from "../parse/grammar.ts";
import { ExtendedQuery } from "./extended-query.ts";
import { type Frame, FrameReader } from "./frames.ts";
import {
  AUTHENTICATION_CLEARTEXT,
  AUTHENTICATION_OK,
  authentication,
  cstring,
  errorResponse,
  int32,
  message,
  readCString,
  readFields,
} from "./messages.ts";
import { Refused } from "./authenticate.ts";
import { FAILING_SQL, Session, SessionOver } from "./session.ts";
import { simpleQuery } from "./simple-query.ts";
import type { Manner, ProxyHooks, SessionControl } from "./types.ts";
import { forwardCancel, isCancel, openUpstream, PROTOCOL_3_0, type Target } from "./upstream.ts";

const SSL_REQUEST = 80_877_103;
const GSS_ENCRYPTION_REQUEST = 80_877_104;

export interface ConnectionContext {
  readonly target: Target;
  readonly grammar: Grammar;
  readonly manner: Manner;
  readonly hooks: ProxyHooks;
  /** A client was not let in, and why. */
  readonly onTurnedAway: (why: string) => void;
  /** Called when the client has a session; returns the connection's number. */
  readonly onConnected: () => number;
  readonly onStatement: () => void;
  /** A hook threw. */
  readonly onFailure: (error: Error) => void;
}

/** Serves one client until either side ends the connection. Never rejects. */
export async function serve(socket: Socket, context: ConnectionContext): Promise<void> {
  socket.on("error", () => {});
  socket.setNoDelay(true);
  try {
    await session(socket, context);
  } catch (error) {
    if (error instanceof SessionOver) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    context.onFailure(failure);
    socket.write(errorResponse("FATAL", "57P01", `tread: ${context.manner.name} stopped: ${failure.message}`));
  } finally {
    socket.end();
    // A client that does not close its side in return must not keep the proxy from stopping.
    setTimeout(() => socket.destroy(), 1000).unref();
  }
}

async function session(socket: Socket, context: ConnectionContext): Promise<void> {
  const reader = new FrameReader(socket);
  const parameters = await startup(socket, reader, context);
  if (parameters === null) return;
  const unwelcome = await admit(socket, reader, context, parameters);
  if (unwelcome !== null) {
    context.onTurnedAway(readFields(unwelcome).get("M") ?? "");
    socket.write(unwelcome);
    return;
  }
  const upstream = await openUpstream(context.target, parameters).catch((error: unknown) => {
    const frame =
      error instanceof Refused
        ? error.frame
        : errorResponse("FATAL", "08006", `tread: the server behind ${context.manner.name} cannot be reached`, String(error));
    socket.write(frame);
    return null;
  });
  if (upstream === null) return;
  socket.on("close", () => upstream.socket.destroy());
  const session = new Session({
    id: context.onConnected(),
    grammar: context.grammar,
    client: { socket, reader },
    upstream,
    hooks: context.hooks,
    onStatement: context.onStatement,
    manner: context.manner,
  });
  const { discipline } = context.hooks;
  const greeting = discipline === undefined ? null : session.greeting();
  socket.write(authentication(AUTHENTICATION_OK));
  const relayed = session.relay().then(() => socket.end());
  let control: SessionControl | null = null;
  try {
    if (discipline !== undefined && greeting !== null) {
      const ready = await greeting;
      control = controlOf(session);
      const opened = control;
      const refused = await session.turn(() => discipline.opened(opened));
      if (refused !== null) {
        context.onTurnedAway(refused.message);
        await session.toClient(errorResponse("FATAL", refused.sqlstate, refused.message, refused.hint));
        return;
      }
      await session.toClient(ready);
    }
    await converse(session, reader);
  } finally {
    if (control !== null) discipline?.closed(control);
    upstream.socket.end();
    await relayed;
  }
}

function controlOf(session: Session): SessionControl {
  return {
    connectionId: session.id,
    backendPid: session.backendPid,
    own: (...statements) => session.own(true, statements),
    rollBack: (refusal) =>
      session.turn(async () => {
        if (session.status !== "T" || session.over) return false;
        // A failed transaction is what the client has to find; one without savepoints, so that nothing of it keeps its locks.
        await session.own(true, ["ROLLBACK"]);
        await session.own(true, ["BEGIN"]);
        await session.own(true, [FAILING_SQL]);
        session.doomed = refusal;
        return true;
      }),
  };
}

async function converse(session: Session, reader: FrameReader): Promise<void> {
  const extended = new ExtendedQuery(session);
  for (let frame = await reader.next(); frame !== null && frame.type !== "X"; frame = await reader.next()) {
    const current = frame;
    await session.turn(() => converseAbout(session, extended, current));
  }
}

async function converseAbout(session: Session, extended: ExtendedQuery, frame: Frame): Promise<void> {
  switch (frame.type) {
    case "Q":
      await extended.settle();
      // After an error the server discards even this until the Sync.
      return extended.failed ? undefined : simpleQuery(session, frame.bytes);
    case "P":
    case "B":
    case "D":
    case "C":
    case "E":
    case "H":
    case "S":
      return extended.receive(frame);
    case "d":
    case "c":
    case "f":
      // The rest of a COPY that has failed already: the server ignores it, and so may we.
      return undefined;
    default:
      // The fastpath function call, and whatever comes to be: nothing that a rehearsal could name.
      await session.toClient(errorResponse("ERROR", "0A000", `tread: message ${frame.type} of the wire protocol is not supported here`));
      return session.toClient(message("Z", Buffer.from(session.status)));
  }
}

/** Reads up to the client's startup parameters. Null when there is none to serve: a cancel request, or a client that went away. */
async function startup(
  socket: Socket,
  reader: FrameReader,
  { target, onTurnedAway }: ConnectionContext,
): Promise<Map<string, string> | null> {
  let askedForTls = false;
  for (;;) {
    const packet = await reader.startup();
    if (packet === null) {
      if (askedForTls) onTurnedAway("it insisted on TLS (sslmode=require) on the way to tread, which is on this machine");
      return null;
    }
    const code = packet.readUInt32BE(4);
    if (isCancel(packet)) {
      await forwardCancel(target, packet);
      return null;
    }
    if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST) {
      socket.write("N");
      askedForTls = code === SSL_REQUEST;
      continue;
    }
    if (code >> 16 !== 3) {
      socket.write(errorResponse("FATAL", "0A000", `tread: protocol ${code >> 16}.${code & 0xffff} is not supported, 3.0 is`));
      return null;
    }
    const parameters = new Map<string, string>();
    for (let at = 8; at < packet.length && packet[at] !== 0;) {
      const name = readCString(packet, at);
      const value = readCString(packet, name.next);
      parameters.set(name.text, value.text);
      at = value.next;
    }
    const options = [...parameters.keys()].filter((name) => name.startsWith("_pq_."));
    for (const option of options) parameters.delete(option);
    if (code !== PROTOCOL_3_0 || options.length > 0) {
      socket.write(message("v", Buffer.concat([int32(PROTOCOL_3_0), int32(options.length), ...options.map(cstring)])));
    }
    return parameters;
  }
}

/** The answer for whoever must not in, or null. */
async function admit(
  socket: Socket,
  reader: FrameReader,
  { target, manner }: ConnectionContext,
  parameters: ReadonlyMap<string, string>,
): Promise<Buffer | null> {
  socket.write(authentication(AUTHENTICATION_CLEARTEXT));
  const answer = await reader.next();
  const user = parameters.get("user") ?? "";
  const given = answer?.type === "p" ? readCString(answer.bytes, 5).text : "";
  const known = user === target.user && target.clientPasswords.some((password) => sameSecret(given, password));
  if (!known) return errorResponse("FATAL", "28P01", `tread: password authentication failed for user "${user}"`);
  const database = parameters.get("database") ?? user;
  if (database !== target.database) {
    const hint = `Behind ${manner.name} is one database, "${target.database}". Take the connection from DATABASE_URL or PG*.`;
    return errorResponse("FATAL", "3D000", `database "${database}" does not exist`, hint);
  }
  const replication = parameters.get("replication") ?? "false";
  if (!/^(?:false|off|no|0)$/i.test(replication)) {
    return errorResponse("FATAL", "0A000", `tread: replication connections do not go through ${manner.name}`);
  }
  return null;
}

function sameSecret(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
