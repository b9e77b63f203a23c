import { isMergeTree } from "../../model/clickhouse/schema.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bytes, named, sentences, sqlTable } from "./words.ts";

const KINDS = [
  "alter-delete",
  "modify-ttl",
  "materialize-ttl",
  "modify-column",
  "alter-update",
  "optimize",
  "drop-column",
  "rename-column",
  "materialize-column",
  "rewrite-parts",
  "apply-deleted-mask",
] as const;

export const rewritesWholeTable: ClickHouseRule = clickHouseRuleFor(KINDS, {
  id: "rewrites-whole-table",
  summary: "every column of every part of a large table is written anew",
  check(change, statement, context): ClickHouseHazard | null {
    const { table } = change;
    const known = context.table(statement, table);
    const effects = context.effectsOf(statement, change);
    if (known === null || !isMergeTree(known) || effects.error !== null || !context.existedBefore(statement, table)) return null;
    if (effects.class !== "mutation" && effects.class !== "rebuild") return null;
    const whole =
      change.kind === "optimize" ? change.final : known.columns.length > 1 && effects.columns.length >= stored(known.columns.length, known);
    const size = context.size(table);
    const tooLarge = size.freeBytes !== null && (effects.bytesWritten ?? 0) > size.freeBytes;
    if ((!whole && !tooLarge) || ("partition" in change && change.partition?.kind === "partition")) return null;
    if (size.kind === "small" && !tooLarge) return null;
    return {
      severity: "error",
      about: `${table} ${change.kind}`,
      message: `${WORDS[change.kind]} writes all of ${named(table)} anew${effects.bytesWritten === null ? "" : `: ${bytes(effects.bytesWritten)} per replica`}`,
      label: tooLarge ? "more than is free on the disk" : "every part, every column",
      why: sentences(
        "Old and new parts lie side by side until it is done, so it needs as much disk again; merges and the mutations behind it wait.",
        tooLarge && `The profile knows ${bytes(size.freeBytes ?? 0)} free.`,
        size.compactParts !== null &&
          size.compactParts > 0 &&
          "In a compact part all columns lie in one file: every mutation writes the whole part.",
      ),
      help: HELP[change.kind](sqlTable(table)),
      evidence: [...context.evidence(statement), context.sizeEvidence(table)],
      supersedes: ["rewrites-columns"],
    };
  },
});

/** ALIAS and EPHEMERAL columns are not in parts. */
function stored(all: number, known: { readonly columns: readonly { readonly default: { readonly kind: string } | null }[] }): number {
  return all - known.columns.filter((column) => column.default?.kind === "ALIAS" || column.default?.kind === "EPHEMERAL").length;
}

const WORDS = {
  "alter-delete": "ALTER … DELETE",
  "alter-update": "ALTER … UPDATE",
  "modify-ttl": "MODIFY TTL",
  "materialize-ttl": "MATERIALIZE TTL",
  "modify-column": "MODIFY COLUMN",
  "materialize-column": "MATERIALIZE COLUMN",
  "drop-column": "DROP COLUMN",
  "rename-column": "RENAME COLUMN",
  "rewrite-parts": "REWRITE PARTS",
  "apply-deleted-mask": "APPLY DELETED MASK",
  optimize: "OPTIMIZE … FINAL",
} satisfies Record<(typeof KINDS)[number], string>;

const inParts = (t: string): string =>
  `partition by partition (\`ALTER TABLE ${t} … IN PARTITION …\`), each after the one before is done in system.mutations`;
const HELP = {
  "alter-delete": (t: string): string =>
    `\`DELETE FROM ${t} WHERE …\` writes a mask only; whole partitions go with DETACH or DROP PARTITION; what ages goes by TTL`,
  "alter-update": inParts,
  "modify-ttl": (t: string): string =>
    `\`ALTER TABLE ${t} MODIFY TTL … SETTINGS materialize_ttl_after_modify = 0\` changes metadata only; then MATERIALIZE TTL IN PARTITION, one after the other`,
  "materialize-ttl": inParts,
  "modify-column": (t: string): string =>
    `add a column of the new type to ${t}, write both, fill the old partitions one by one, then switch readers over`,
  "materialize-column": inParts,
  "drop-column": (): string => "leave the column until old partitions are gone, or drop it in a quiet hour",
  "rename-column": (): string => "add a column that is an ALIAS of the old one instead: it costs nothing",
  "rewrite-parts": inParts,
  "apply-deleted-mask": inParts,
  optimize: (t: string): string =>
    `\`OPTIMIZE TABLE ${t} PARTITION … FINAL\`, one partition after the other, and only those that need it; or leave it to merges and read with FINAL`,
} satisfies Record<(typeof KINDS)[number], (table: string) => string>;
