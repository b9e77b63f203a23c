import { EmitRefused, type Draft, type EmittedFile, type Place } from "../contract.ts";
import type { EmitSource } from "../place.ts";
import type { Plan } from "../../types.ts";

/** @throws EmitRefused */
export async function emitDjango(
  plan: Plan,
  drafts: readonly Draft[],
  source: EmitSource | null,
  place: Place,
): Promise<{ readonly files: readonly EmittedFile[]; readonly notes: readonly string[] }> {
  throw new EmitRefused(`${plan.name}: Django migrations (${drafts.length}, ${source?.type ?? place.shown})`, "");
}
