import type { Layout } from "../layout.ts";
import { clickhouseMigrations } from "./clickhouse-migrations.ts";
import { dbmate } from "./dbmate.ts";
import { drizzle, drizzleFolders } from "./drizzle.ts";
import { flyway } from "./flyway.ts";
import { diesel, prisma } from "./folder-each.ts";
import { goose } from "./goose.ts";
import { nodePgMigrate } from "./node-pg-migrate.ts";
import { atlas, plain, supabase } from "./plain.ts";
import { sqitch } from "./sqitch.ts";
import { sqlMigrate } from "./sql-migrate.ts";
import { golangMigrate, sqlx } from "./up-down.ts";

/** Asked in this order; the first that recognises a folder reads it. The more particular ones come first, `plain` takes the rest. */
export const layouts: readonly Layout[] = [
  drizzleFolders,
  prisma,
  diesel,
  drizzle,
  sqitch,
  flyway,
  goose,
  sqlMigrate,
  dbmate,
  nodePgMigrate,
  sqlx,
  golangMigrate,
  clickhouseMigrations,
  supabase,
  atlas,
  plain,
];
