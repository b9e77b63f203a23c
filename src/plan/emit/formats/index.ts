import type { EmitFormat } from "../contract.ts";
import { atlas } from "./atlas.ts";
import { drizzle } from "./drizzle.ts";
import { flyway } from "./flyway.ts";
import { diesel, prisma } from "./folder-each.ts";
import { golangMigrate } from "./golang-migrate.ts";
import { dbmate, goose, sqlMigrate } from "./marked.ts";
import { plain } from "./plain.ts";
import { sqlx } from "./sqlx.ts";
import { supabase } from "./supabase.ts";

/** Tools that keep SQL, by the name of their layout (`sources/sql-dir/layouts`). */
export const formats: readonly EmitFormat[] = [
  plain,
  flyway,
  golangMigrate,
  sqlx,
  dbmate,
  goose,
  sqlMigrate,
  prisma,
  diesel,
  drizzle,
  supabase,
  atlas,
];
