import type { Schema, TableDefinition } from "../table/definition.ts";
import type { DataSource } from "./source.ts";
export interface Connection {
  readonly url: string;
}
export function connect(url: string, _signal: AbortSignal): Connection {
  return { url };
}
export async function schemaFromServer(_c: Connection, _t: string): Promise<Schema> {
  throw new Error("x");
}
export async function sampleServer(
  _c: Connection,
  _d: TableDefinition,
  _o: { rows: number; by: string | null; memory: number; onProgress: (m: string) => void },
): Promise<{ data: DataSource; cleanUp: () => void }> {
  throw new Error("x");
}
