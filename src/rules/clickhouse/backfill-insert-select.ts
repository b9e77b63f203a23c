import { isMergeTree } from "../../model/clickhouse/schema.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const backfillInsertSelect: ClickHouseRule = clickHouseRuleFor("insert", {
  id: "backfill-insert-select",
  summary: "INSERT … SELECT of a whole table: what fails half-way stays, and running it again doubles it",
  check({ table, select, intoFunction }, statement, context): ClickHouseHazard | null {
    const source = select?.reads.find((read) => context.table(statement, read.table) !== null)?.table;
    if (intoFunction || select === null || source === undefined || context.effects(statement).error !== null) return null;
    if (!context.existedBefore(statement, source) || context.size(source).kind === "small") return null;
    const from = context.table(statement, source);
    const into = context.table(statement, table);
    if (from === null || !isMergeTree(from)) return null;
    const replacing = /^(?:Replacing|Collapsing)/.test(into?.engine?.family ?? "");
    const fed = context.graph(statement.before).fedBy(table);
    return {
      severity: "warning",
      about: table,
      message: `one INSERT copies ${named(source)} into ${named(table)}: what fails half-way stays, and ${replacing ? "is written twice until merges have met it" : "running it again doubles it"}`,
      label: "not one transaction",
      why: `An INSERT … SELECT that failed after 688,128 of 1,000,000 rows had committed them. INSERT … SELECT is not deduplicated, so the second run adds them again${fed.length === 0 ? "" : `; and it runs through ${fed.length === 1 ? named(fed[0]?.name ?? "") : `${fed.length} materialized views`}, which double too`}.`,
      help: `partition by partition into a table beside it (\`INSERT INTO ${sqlTable(`${table}_new`)} SELECT … WHERE _partition_id = …\`), counts compared, then \`ALTER TABLE ${sqlTable(table)} REPLACE PARTITION … FROM …\`, which can be repeated`,
      evidence: [context.sizeEvidence(source)],
      covers: context.silents(statement).filter(({ kind }) => kind === "duplicates"),
    };
  },
});
