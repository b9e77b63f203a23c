import type { Step } from "./advice.ts";
import type { TableDefinition } from "./table/definition.ts";
export function stepsTo(_definition: TableDefinition, _orderBy: readonly string[]): Step[] {
  return [];
}
