import type { Client } from "pg";
import { copyIn } from "../../engines/postgres/embedded/copy-in.ts";

/** Sends a statement, and the rows that stand behind it in its file when it is a `COPY … FROM stdin`. Rejects with the server's error. */
export async function send(client: Client, sql: string, copyData: string | undefined): Promise<void> {
  if (copyData === undefined) await client.query(sql);
  else await copyIn(client, sql, copyData);
}
