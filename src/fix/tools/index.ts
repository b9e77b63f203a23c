import { basename } from "node:path";
import { flywayVersion, folderEach, marked, pairs, single } from "./follow.ts";
import { firstLine, markerLine, settingBeside } from "./switch-off.ts";
import type { Tool } from "./tool.ts";

/** By the name of the layout (`Migration.layout`). */
const TOOLS: readonly Tool[] = [
  // psql, statement by statement: the file itself says BEGIN where it wants a transaction.
  { name: "plain", outside: "each", sharesSession: false },
  { name: "sqitch", outside: "each", sharesSession: false },
  {
    name: "goose",
    outside: "each",
    sharesSession: true,
    switchOff: markerLine({
      up: /^--[ \t]*\+goose[ \t]+Up\s*$/i,
      down: /^--[ \t]*\+goose[ \t]+Down\s*$/i,
      above: "-- +goose NO TRANSACTION",
      both: true,
    }),
    follow: marked("-- +goose Up", "-- +goose Down"),
  },
  {
    name: "sql-migrate",
    outside: "each",
    sharesSession: true,
    switchOff: markerLine({
      up: /^--[ \t]*\+migrate[ \t]+Up\b/i,
      down: /^--[ \t]*\+migrate[ \t]+Down\b/i,
      append: "notransaction",
      both: false,
    }),
    follow: marked("-- +migrate Up", "-- +migrate Down"),
  },
  {
    name: "dbmate",
    outside: "one-query",
    sharesSession: true,
    switchOff: markerLine({
      up: /^--[ \t]*migrate:up\b/i,
      down: /^--[ \t]*migrate:down\b/i,
      append: "transaction:false",
      both: false,
    }),
    follow: marked("-- migrate:up", "-- migrate:down"),
  },
  {
    name: "flyway",
    outside: "each",
    sharesSession: true,
    switchOff: settingBeside((path) => `${basename(path)}.conf`, "executeInTransaction=false", /^\s*executeInTransaction\s*=/im),
    follow: flywayVersion,
    concurrentlyNote:
      "Flyway waits for its own lock under CONCURRENTLY unless it is told `flyway.postgresql.transactional.lock=false` (Flyway 9.1.3 and newer).",
  },
  {
    name: "sqlx",
    outside: "one-query",
    sharesSession: true,
    switchOff: firstLine("-- no-transaction", false),
    follow: pairs,
  },
  {
    name: "diesel",
    outside: "one-query",
    sharesSession: true,
    switchOff: settingBeside(() => "metadata.toml", "run_in_transaction = false", /^\s*run_in_transaction\s*=/m),
    follow: folderEach("up.sql", "down.sql"),
  },
  {
    name: "atlas",
    outside: "each",
    sharesSession: true,
    switchOff: firstLine("-- atlas:txmode none", true),
    follow: single,
    afterEdit: "`atlas migrate hash` brings atlas.sum up to date.",
  },
  { name: "golang-migrate", outside: "one-query", sharesSession: true, follow: pairs },
  { name: "prisma", outside: "one-query", sharesSession: true, follow: folderEach("migration.sql", "down.sql") },
  { name: "supabase", outside: null, sharesSession: true, follow: single },
  { name: "drizzle", outside: null, sharesSession: true },
  { name: "node-pg-migrate", outside: null, sharesSession: true },
];

const byName = new Map(TOOLS.map((tool) => [tool.name, tool]));
const UNKNOWN: Tool = { name: "the tool", outside: null, sharesSession: true };

/** A layout that nobody described here cannot be told anything. */
export function toolOf(layout: string | undefined): Tool {
  return byName.get(layout ?? "") ?? UNKNOWN;
}

export function shareSession(layout: string | undefined): boolean {
  return toolOf(layout).sharesSession;
}
