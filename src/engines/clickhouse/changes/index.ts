import type { ClickHouseChange } from "../../../model/clickhouse/change.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { ClickHouseChangesOptions, RawClickHouseStatement } from "../engine.ts";
import type { Setting, Statement } from "../parse/ast.ts";
import type { ClickHouseTree } from "../read.ts";
import { readSettings } from "./columns.ts";
import type { Context } from "./context.ts";
import { sinceOf } from "./since.ts";
import { readStatement } from "./statements.ts";

/** What a statement changes, its names and types resolved against the schema before it. */
export function readClickHouseChanges(
  statement: RawClickHouseStatement,
  before: ClickHouseState,
  options: ClickHouseChangesOptions,
): ClickHouseChange[] {
  const tree = statement.tree as ClickHouseTree | null;
  if (tree === null) {
    return [{ kind: "opaque", span: statement.span, cluster: null, reason: statement.opaque ?? "it does not parse", mayTouch: null }];
  }
  const { parsed, script, spanOf } = tree;
  const context: Context = { state: before, database: before.session.database ?? options.database, script, spanOf };
  const settings = settingsOf(parsed.statement, parsed.output.settings);
  const cluster = clusterOf(parsed.statement);
  const commands = parsed.statement.kind === "alter-table" ? parsed.statement.commands : [];
  const read = readStatement(parsed.statement, context);
  return read.map(({ change, refused }, index): ClickHouseChange => {
    const command = read.length === commands.length ? commands[index] : undefined;
    const since = sinceOf(change);
    return {
      ...change,
      span: command === undefined ? statement.span : spanOf(command.at.start, command.at.end),
      cluster,
      ...(refused === null ? {} : { refused }),
      ...(since === null ? {} : { since }),
      ...(settings.size === 0 ? {} : { settings }),
    };
  });
}

function settingsOf(s: Statement, output: readonly Setting[]): ReadonlyMap<string, string> {
  const own = s.kind === "insert" ? s.settings : s.kind === "select" && s.query.kind === "select" ? s.query.settings : [];
  return readSettings([...own, ...output]);
}

function clusterOf(s: Statement): string | null {
  return "onCluster" in s ? (s.onCluster?.name ?? null) : null;
}
