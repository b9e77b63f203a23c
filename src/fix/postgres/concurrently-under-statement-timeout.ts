import type { SqlFix } from "../contract.ts";
import { withoutTimeout } from "./concurrently-under-lock-timeout.ts";

export const concurrentlyUnderStatementTimeout: SqlFix = withoutTimeout("concurrently-under-statement-timeout", "statement_timeout");
