import type { Client } from "pg";
import { endSql } from "../ledger/postgres/ledger.ts";
import type { UnitPart } from "./types.ts";

/** Records that the migration is done with this part, if it is; and that what it takes back is undone. As SQL, for its own transaction. */
export function endPartSql({ key, last, undoes }: UnitPart): readonly string[] {
  if (!last) return [];
  return [...endSql(key, "done"), ...(undoes === undefined ? [] : endSql(undoes, "undone"))];
}

/** `endPartSql` where there is a transaction already, or none is needed. */
export async function endPart(client: Client, part: UnitPart): Promise<void> {
  for (const sql of endPartSql(part)) await client.query(sql);
}
