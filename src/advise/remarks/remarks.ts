import type { Remark } from "../advice.ts";
export async function remarksOn(_: unknown): Promise<Remark[]> {
  return [];
}
