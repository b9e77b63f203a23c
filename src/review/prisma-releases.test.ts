import { expect, test } from "vitest";
import { findings, project, staged, type Person, type Project } from "./project.test-helper.ts";

// A newsletter on Prisma. v2 no longer has `phone`; `Topic` and the implicit relation table leave the schema with v3.
const ada: Person = { name: "Ada", email: "ada@example.org" };

const schema = (models: string): string => `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

generator client {
  provider = "prisma-client-js"
}

${models}`;

const reader = (more: string): string => `model Reader {
  id    Int    @id @default(autoincrement())
  email String @unique
${more}}
`;
const TOPIC = `model Topic {
  id      Int      @id @default(autoincrement())
  name    String
  readers Reader[]
}
`;

const SCHEMAS = {
  v1: schema(`${reader("  phone String?\n  topics Topic[]\n")}\n${TOPIC}`),
  v2: schema(`${reader("  topics Topic[]\n")}\n${TOPIC}`),
  v3: schema(reader("")),
} as const;

const INITIAL = `CREATE TABLE "Reader" ("id" SERIAL PRIMARY KEY, "email" TEXT NOT NULL, "phone" TEXT);
CREATE UNIQUE INDEX "Reader_email_key" ON "Reader"("email");
CREATE TABLE "Topic" ("id" SERIAL PRIMARY KEY, "name" TEXT NOT NULL);
CREATE TABLE "_ReaderToTopic" ("A" INTEGER NOT NULL REFERENCES "Reader"("id"), "B" INTEGER NOT NULL REFERENCES "Topic"("id"));
CREATE UNIQUE INDEX "_ReaderToTopic_AB_unique" ON "_ReaderToTopic"("A", "B");
`;

const DROPS = `SET lock_timeout = '2s';
ALTER TABLE "Reader" DROP COLUMN "phone";
DROP TABLE "_ReaderToTopic";
DROP TABLE "Topic";
`;

const CODE = {
  v1: 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\nexport const all = () => prisma.reader.findMany({ include: { topics: true } });\nexport const topics = () => prisma.topic.findMany();\n',
  v2: 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\nexport const all = () => prisma.reader.findMany({ include: { topics: true } });\nexport const topics = () => prisma.topic.findMany();\n',
  v3: 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\nexport const all = () => prisma.reader.findMany();\n',
} as const;

function newsletter(environments: Readonly<Record<keyof typeof SCHEMAS, string>>): Project {
  const there = project({
    "tread.config.yaml": "sources: [{ type: prisma, root: . }]\nenvironments:\n  cloud: { assume: small }\n  eu: { assume: small }\n",
    "package.json": "{}\n",
    "prisma/migrations/20260101000000_init/migration.sql": INITIAL,
    "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  });
  for (const version of ["v1", "v2", "v3"] as const) {
    there.write({ "prisma/schema.prisma": SCHEMAS[version], "src/readers.ts": CODE[version] });
    there.commit(ada, version);
    there.git("tag", version);
  }
  const entries = (["v1", "v2", "v3"] as const).map(
    (version) => `  - { name: ${version}, ref: ${version}, released: 2026-10-01, environments: { ${environments[version]} } }\n`,
  );
  there.write({
    "tread.releases.yaml": `format: tread.releases/1\nreleases:\n${entries.join("")}`,
    "prisma/migrations/20261101000000_drops/migration.sql": DROPS,
  });
  return there;
}

test("three releases of a Prisma project: what may go in the cloud may not go in the EU yet", async () => {
  const there = newsletter({
    v1: "cloud: { live: 2026-10-01, retired: 2026-10-20 }, eu: { live: 2026-10-01, retired: 2026-10-20 }",
    v2: "cloud: { live: 2026-10-19, retired: 2026-11-03 }, eu: { live: 2026-10-19 }",
    v3: "cloud: { live: 2026-11-02 }",
  });
  const { report } = await there.check();
  expect(report.problems.filter(({ fatal }) => fatal)).toEqual([]);
  const column = findings(report, "drop-column")[0];
  expect(column?.environments).toEqual({ cloud: "warning", eu: "warning" });
  expect(staged(column)).toEqual([
    "cloud: safe since v3 is live and v1 was retired on 20 October 2026",
    "eu: safe since v2 is live and v1 was retired on 20 October 2026",
  ]);
  for (const rule of ["drop-table", "drop-m2m-table"]) {
    const table = findings(report, rule)[0];
    expect(table?.environments).toEqual({ cloud: "warning", eu: "error" });
    expect(staged(table)[0]).toBe("cloud: safe since v3 is live and v2 was retired on 3 November 2026");
    expect(staged(table)[1]).toMatch(/^eu: not safe yet: v2 reads it .*; missing: deploy v3 in eu; retire v2$/);
  }
});
