/** The library: the same functions that the command line calls. */
export { check, type CheckOptions, type CheckResult } from "./check/index.ts";
export { rehearseProject, type RehearseOptions } from "./check/rehearse.ts";
export { ConfigError } from "./config/config-error.ts";
export { loadConfig } from "./config/load.ts";
export type { ParsedConfig } from "./config/parsed-config.ts";
export type { EngineError, LockMode, PostgresEffects, TableLock } from "./model/effects.ts";
export type { Cell, Evidence, Finding, MigrationReport, Report, StatementReport, Verdict } from "./model/report.ts";
export { formats, type Format, type FormatName } from "./report/index.ts";
export { openReadOnly, type ReadOnlySession } from "./engines/postgres/introspect/session.ts";
export { readTarget, type Target } from "./engines/postgres/introspect/target.ts";
export { collect, type Collected } from "./scale/collect/index.ts";
export { overviewOf, type Overview } from "./scale/show/overview.ts";
export { ruleIds, rulePage } from "./rules/pages.ts";
