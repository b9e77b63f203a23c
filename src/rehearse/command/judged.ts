import { isHarmless } from "../matrix/matrix.ts";
import { controlOf, withoutComments } from "../run/control.ts";

/** Not a setting, and not a look at the server's own catalogue. */
export function isJudged(sql: string): boolean {
  const bare = withoutComments(sql);
  if (bare === "" || controlOf(bare).kind !== "none" || isHarmless({ sql: bare })) return false;
  if (!/^(?:select|with|table|values|show|explain)\b/i.test(bare)) return true;
  // A look at the server itself: its catalogue, its version, its advisory locks.
  if (/\b(?:pg_[a-z_]+|information_schema|current_setting|current_schema|current_database|version\(\)|set_config)\b/i.test(bare))
    return false;
  return /\bfrom\b/i.test(bare);
}

/** How long the session lets itself wait: what a rule about waiting has to know. */
export function setsTimeout(sql: string): boolean {
  const control = controlOf(sql);
  return control.kind === "set" && (control.name === "lock_timeout" || control.name === "statement_timeout");
}
