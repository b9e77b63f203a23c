export { growthReport } from "./report.ts";
export { intervalAt, type Interval } from "./estimate.ts";
export { type Fit, fitGrowth, type TargetSize } from "./fit.ts";
export { spellRows } from "./words.ts";
