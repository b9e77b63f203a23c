import type { Client, Connection, Submittable } from "pg";

const CHUNK_BYTES = 1 << 20;

/** What node-postgres calls on a query object of one's own; its types name only `submit`. */
interface CopyConnection {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Sends `data` as the rows of a `COPY … FROM STDIN`, in the format that the statement names. Rejects with the server's error. */
export function copyIn(client: Client, sql: string, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy = {
      submit: (connection: Connection): void => (connection as unknown as CopyConnection).query(sql),
      handleCopyInResponse: (connection: CopyConnection): void => {
        const bytes = Buffer.from(data, "utf8");
        for (let at = 0; at < bytes.length; at += CHUNK_BYTES) connection.sendCopyFromChunk(bytes.subarray(at, at + CHUNK_BYTES));
        connection.endCopyFrom();
      },
      handleCommandComplete: (): void => {},
      // node-postgres calls nothing more after an error; the next query waits for the server by itself.
      handleError: (error: Error): void => reject(error),
      handleReadyForQuery: (): void => resolve(),
    } satisfies Submittable & Record<string, unknown>;
    client.query(copy);
  });
}
