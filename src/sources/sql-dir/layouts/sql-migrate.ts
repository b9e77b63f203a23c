import { markedLayout } from "./marked.ts";
import type { Layout } from "../layout.ts";

/** sql-migrate (rubenv): goose's older form, `-- +migrate Up [notransaction]`. */
export const sqlMigrate: Layout = markedLayout({
  name: "sql-migrate",
  documentation: "https://github.com/rubenv/sql-migrate#writing-migrations",
  markers: /^--[ \t]*(\+migrate[ \t]+(?:Up|Down|StatementBegin|StatementEnd)\b[^\n]*?)[ \t]*\r?$/gim,
  direction: (marker) => (/^\+migrate\s+up\b/i.test(marker) ? "up" : /^\+migrate\s+down\b/i.test(marker) ? "down" : "same"),
  transaction: (sections) => (sections.some(({ marker }) => /^\+migrate\s+up\s.*notransaction/i.test(marker)) ? "none" : "per-migration"),
  transactionBack: (sections) =>
    sections.some(({ marker }) => /^\+migrate\s+down\s.*notransaction/i.test(marker)) ? "none" : "per-migration",
  duplicates: { what: "sql-migrate runs both, ordered by the rest of the name.", refused: false },
});
