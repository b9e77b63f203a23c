import { markedLayout } from "./marked.ts";
import type { Layout } from "../layout.ts";

/**
 * dbmate: `-- migrate:up [transaction:false]` and `-- migrate:down`.
 * The up block is sent as one query, in a transaction unless the marker says otherwise; then several statements in it still share
 * Postgres' implicit one (amacneil/dbmate, pkg/dbmate/migration.go and db.go).
 */
export const dbmate: Layout = markedLayout({
  name: "dbmate",
  documentation: "https://github.com/amacneil/dbmate#creating-migrations",
  markers: /^--[ \t]*(migrate:(?:up|down)(?:[ \t]+[^\n]*?)?)[ \t]*\r?$/gm,
  direction: (marker) => (marker.startsWith("migrate:up") ? "up" : "down"),
  transaction: (sections) =>
    sections.some(({ marker }) => marker.startsWith("migrate:up") && /\stransaction:false(?:\s|$)/.test(marker))
      ? "single-query"
      : "per-migration",
  transactionBack: (sections) =>
    sections.some(({ marker }) => marker.startsWith("migrate:down") && /\stransaction:false(?:\s|$)/.test(marker))
      ? "single-query"
      : "per-migration",
  clickhouse: {
    sending: "one-query",
    help: "Give each statement a migration of its own (amacneil/dbmate issue 218).",
  },
  duplicates: { what: "dbmate records the number only, so it takes the second for applied and never runs it.", refused: true },
});
