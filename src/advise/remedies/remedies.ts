import type { Unserved } from "../advice.ts";
export async function remediesFor(_: unknown): Promise<Unserved[]> {
  return [];
}
