import type { ApplySession } from "./types.ts";

/** A session that several runs share: `runUnits` closes what it is given, and reconnects when the connection is lost. */
export interface LastingSession {
  /** The session as it is now, for one run. */
  readonly current: () => ApplySession;
  readonly close: () => Promise<void>;
}

export function lasting(first: ApplySession): LastingSession {
  let session = first;
  const shared = (): ApplySession => ({
    ...session,
    close: async () => {},
    reconnect: async () => {
      session = await session.reconnect();
      return shared();
    },
  });
  return { current: shared, close: async () => await session.close() };
}
