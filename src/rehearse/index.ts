export { rehearse } from "./rehearse.ts";
export type { ObservedStatement, RehearseEvents, RehearseInput, RehearseResult } from "./types.ts";
