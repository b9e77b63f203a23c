const PERSON = "CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, team_id bigint);\n";

/** A migration tool's folder with one migration in it. */
export interface Tool {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Id of the migration that is there. */
  readonly first: string;
  /** Names of what is written for the index, and for the fill of the column. */
  readonly index: readonly string[];
  readonly guard: readonly string[];
}

const STEPS = ["hold_email", "fill_email", "no_null_email", "check_email", "set_email"];
const INDEX = "add_index_person_team_id_build_index";
const step = (name: string): string => `not_null_person_email_${name}`;
const padded = (from: number, width: number, name: (number: string, step: string) => readonly string[]): readonly string[] =>
  STEPS.flatMap((each, i) => name(String(from + i).padStart(width, "0"), step(each)));

export const TOOLS: readonly Tool[] = [
  {
    name: "plain numbered files",
    files: { "migrations/0001_person.sql": PERSON },
    first: "0001_person",
    index: [`migrations/0002_${INDEX}.sql`],
    guard: padded(2, 4, (number, name) => [`migrations/${number}_${name}.sql`]),
  },
  {
    name: "golang-migrate",
    files: { "db/migrations/000001_person.up.sql": PERSON, "db/migrations/000001_person.down.sql": "DROP TABLE person;\n" },
    first: "000001_person",
    index: [`db/migrations/000002_${INDEX}.up.sql`, `db/migrations/000002_${INDEX}.down.sql`],
    guard: padded(2, 6, (number, name) => [`db/migrations/${number}_${name}.up.sql`, `db/migrations/${number}_${name}.down.sql`]),
  },
  {
    name: "sqlx",
    files: { "Cargo.toml": '[dependencies]\nsqlx = "0.8"\n', "migrations/20260101000000_person.sql": PERSON },
    first: "20260101000000_person",
    index: [`migrations/20261122194000_${INDEX}.sql`],
    guard: STEPS.map((each, i) => `migrations/2026112219400${i}_${step(each)}.sql`),
  },
  {
    name: "dbmate",
    files: { "db/migrations/20260101000000_person.sql": `-- migrate:up\n${PERSON}\n-- migrate:down\nDROP TABLE person;\n` },
    first: "20260101000000_person",
    index: [`db/migrations/20261122194000_${INDEX}.sql`],
    guard: STEPS.map((each, i) => `db/migrations/2026112219400${i}_${step(each)}.sql`),
  },
  {
    name: "goose",
    files: { "migrations/00001_person.sql": `-- +goose Up\n${PERSON}\n-- +goose Down\nDROP TABLE person;\n` },
    first: "00001_person",
    index: [`migrations/00002_${INDEX}.sql`],
    guard: padded(2, 5, (number, name) => [`migrations/${number}_${name}.sql`]),
  },
  {
    name: "sql-migrate",
    files: { "migrations/0001-person.sql": `-- +migrate Up\n${PERSON}\n-- +migrate Down\nDROP TABLE person;\n` },
    first: "0001-person",
    index: [`migrations/0002-${INDEX}.sql`],
    guard: padded(2, 4, (number, name) => [`migrations/${number}-${name}.sql`]),
  },
  {
    name: "Flyway with undo scripts",
    files: { "sql/V1.1__person.sql": PERSON, "sql/U1.1__person.sql": "DROP TABLE person;\n" },
    first: "V1.1__person",
    index: [`sql/V1.2__${INDEX}.sql`, `sql/U1.2__${INDEX}.sql`],
    guard: STEPS.flatMap((each, i) => [
      `sql/V1.${i + 2}__${step(each)}.sql`,
      ...(each === "fill_email" ? [`sql/V1.${i + 2}__${step(each)}.sql.conf`] : []),
      `sql/U1.${i + 2}__${step(each)}.sql`,
    ]),
  },
  {
    name: "Prisma",
    files: {
      "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
      "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
      "prisma/migrations/20260101000000_person/migration.sql": PERSON,
    },
    first: "20260101000000_person",
    index: [`prisma/migrations/20261122194000_${INDEX}/migration.sql`],
    guard: STEPS.map((each, i) => `prisma/migrations/2026112219400${i}_${step(each)}/migration.sql`),
  },
  {
    name: "Diesel",
    files: { "migrations/2026-01-01-000000_person/up.sql": PERSON, "migrations/2026-01-01-000000_person/down.sql": "DROP TABLE person;\n" },
    first: "2026-01-01-000000_person",
    index: ["up.sql", "down.sql", "metadata.toml"].map((file) => `migrations/2026-01-01-000001_${INDEX}/${file}`),
    guard: STEPS.flatMap((each, i) =>
      ["up.sql", "down.sql", ...(each === "fill_email" ? ["metadata.toml"] : [])].map(
        (file) => `migrations/2026-01-01-00000${i + 1}_${step(each)}/${file}`,
      ),
    ),
  },
  {
    name: "Drizzle",
    files: {
      "drizzle.config.ts": 'export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" };\n',
      "schema.ts":
        'import { bigint, pgTable, text } from "drizzle-orm/pg-core";\nexport const person = pgTable("person", { id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(), email: text(), teamId: bigint("team_id", { mode: "number" }) });\n',
      "drizzle/0000_person.sql": PERSON,
      "drizzle/meta/_journal.json": JSON.stringify({
        version: "7",
        dialect: "postgresql",
        entries: [{ idx: 0, version: "7", when: 1767225600000, tag: "0000_person", breakpoints: true }],
      }),
    },
    first: "0000_person",
    index: ["drizzle/0001_add_index_person_team_id_build.sql", "drizzle/meta/_journal.json"],
    guard: ["drizzle/0001_not_null_person_email_guard.sql", "drizzle/meta/_journal.json"],
  },
  {
    name: "Supabase",
    files: { "supabase/migrations/20260101000000_person.sql": PERSON },
    first: "20260101000000_person",
    index: ["supabase/migrations/20261122194000_add_index_person_team_id_build.sql"],
    guard: ["supabase/migrations/20261122194000_not_null_person_email_guard.sql"],
  },
  {
    name: "Atlas",
    files: { "migrations/20260101000000_person.sql": PERSON, "migrations/atlas.sum": "h1:x\n" },
    first: "20260101000000_person",
    index: [`migrations/20261122194000_${INDEX}.sql`],
    guard: STEPS.map((each, i) => `migrations/2026112219400${i}_${step(each)}.sql`),
  },
];
