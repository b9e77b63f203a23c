import { markedLayout } from "./marked.ts";
import type { Layout } from "../layout.ts";

/**
 * goose: `-- +goose Up`, `-- +goose Down`, `NO TRANSACTION`, `StatementBegin` … `StatementEnd`, `ENVSUB ON`.
 * Each migration runs in a transaction, statement by statement; with NO TRANSACTION each statement by itself
 * (pressly/goose, internal/sqlparser/parser.go and internal/migrate).
 */
export const goose: Layout = markedLayout({
  name: "goose",
  documentation: "https://pressly.github.io/goose/documentation/annotations/",
  markers: /^--[ \t]*(\+goose[ \t]+(?:Up|Down|NO[ \t]+TRANSACTION|StatementBegin|StatementEnd|ENVSUB(?:ST)?[ \t]+(?:ON|OFF)))[ \t]*\r?$/gim,
  direction: (marker) => (/\sup$/i.test(marker) ? "up" : /\sdown$/i.test(marker) ? "down" : "same"),
  transaction: (sections) => (sections.some(({ marker }) => /no\s+transaction$/i.test(marker)) ? "none" : "per-migration"),
  notes: (sections) =>
    sections.some(({ marker }) => /envsub(?:st)?\s+on$/i.test(marker)) ? ["goose replaces environment variables in this migration"] : [],
  clickhouse: {
    sending: "one-query",
    // Outside of StatementBegin goose cuts by itself, at lines that end in a semicolon.
    only: (marker) => /statementbegin$/i.test(marker),
    help: "What stands between StatementBegin and StatementEnd is one query: leave the two lines out, or give each statement its own.",
  },
  duplicates: { what: "goose stops with a panic when two migrations have one version.", refused: true },
});
