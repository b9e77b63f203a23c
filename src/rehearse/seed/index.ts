export { type FreshRows, seed, type SeededTable, type SeedOptions } from "./fill.ts";
export { hintsOf, NO_HINTS, type SeedHints } from "./hints.ts";
