export { unifiedDiff } from "./diff.ts";
export { fixProject } from "./project.ts";
export type { ChangedFile, FixRun } from "./project.ts";
export { annotated, summary } from "./summary.ts";
export { writeFiles } from "./write.ts";
