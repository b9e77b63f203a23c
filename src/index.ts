/** The library: the same functions that the command line calls. */
export { check, type CheckOptions, type CheckResult } from "./check/index.ts";
export { rehearseProject, type RehearseOptions } from "./check/rehearse.ts";
export { ConfigError } from "./config/config-error.ts";
export { loadConfig } from "./config/load.ts";
export type { ParsedConfig } from "./config/parsed-config.ts";
export type { EngineError, LockMode, PostgresEffects, TableLock } from "./model/effects.ts";
export type { Cell, Evidence, Finding, MigrationReport, Report, StatementReport, Verdict } from "./model/report.ts";
export { formats, type Format, type FormatName } from "./report/index.ts";
export { ruleIds, rulePage } from "./rules/pages.ts";
