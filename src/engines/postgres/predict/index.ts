import type { Change } from "../../../model/change.ts";
import { NO_EFFECTS, type PostgresEffects } from "../../../model/effects.ts";
import type { SchemaState } from "../../../model/schema.ts";
import type { PredictOptions } from "../engine.ts";
export function predict(_changes: readonly Change[], _before: SchemaState, _options: PredictOptions): PostgresEffects {
  return NO_EFFECTS;
}
