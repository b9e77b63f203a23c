export { rehearse } from "./rehearse.ts";
export { type CommandInput, type CommandOutcome, type CommandResult, type CommandStatement, rehearseCommand } from "./command/index.ts";
export type { GrowthOptions, ObservedStatement, RehearseEvents, RehearseInput, RehearseResult } from "./types.ts";
