import { markedLayout } from "./marked.ts";
import type { Layout } from "../layout.ts";

/** node-pg-migrate with SQL files: `-- Up Migration` and `-- Down Migration`; all pending ones in one transaction by default. */
export const nodePgMigrate: Layout = markedLayout({
  name: "node-pg-migrate",
  documentation: "https://salsita.github.io/node-pg-migrate/migrations/",
  markers: /^--[ \t-]*((?:Up|Down)[ \t]+Migration)\b[^\n]*$/gim,
  direction: (marker) => (/^up/i.test(marker) ? "up" : "down"),
  transaction: () => "all-pending",
  duplicates: { what: "node-pg-migrate orders them by the rest of the name.", refused: false },
});
