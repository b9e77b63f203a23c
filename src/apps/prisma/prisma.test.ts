import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { LiveVersion } from "../../model/query.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { readApp } from "../index.ts";
import { parsePrismaSchema } from "./psl.ts";
import { queriesOf } from "./queries.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
let version: LiveVersion;
beforeAll(async () => {
  version = await readApp("prisma", { files: diskFiles(FIXTURES, FIXTURES), root: ".", name: "v1", database: "postgres", options: {} });
});
const of = (model: string) => version.queries.filter(({ origin }) => origin.startsWith(`${model} `));
const USER = ["id", "email", "nick_name", "role", "roles", "created_at", "updated_at", "handle"];

describe("Prisma Client names every scalar column", () => {
  test("in SELECT, with enums as text; ignored, Unsupported and relation fields are not asked for", () => {
    expect(of("User")[0]).toMatchObject({
      sql:
        'SELECT "public"."users"."id", "public"."users"."email", "public"."users"."nick_name", "public"."users"."role"::text, "public"."users"."roles"::text[], ' +
        '"public"."users"."created_at", "public"."users"."updated_at", "public"."users"."handle" FROM "public"."users" WHERE 1=1 OFFSET $1',
      origin: "User (schema.prisma:19)",
    });
  });

  test("in INSERT what the client fills: required fields, constants, now(), uuid() and @updatedAt; optional ones may be NULL", () => {
    const [least, most] = of("User").filter(({ verb }) => verb === "insert");
    expect(least?.sql).toContain(
      'INSERT INTO "public"."users" ("id","email","role","created_at","updated_at") VALUES ($1,$2,CAST($3::text AS "public"."user_role"),$4,$5) RETURNING ',
    );
    expect(most?.params.map(({ column, null: n }) => [column?.replace("public.users.", ""), n])).toEqual(
      USER.map((name) => [name, name === "nick_name" || name === "handle"]),
    );
  });

  test("and leaves to the database what only it can fill", () => {
    expect(of("Group").find(({ verb }) => verb === "insert")?.sql).toContain('INSERT INTO "public"."Group" ("name") VALUES ($1)');
    expect(of("Order").find(({ verb }) => verb === "insert")?.sql).toContain('("tenant","number","buyer_id")');
  });

  test("finds rows by compound keys and by their foreign keys", () => {
    const sql = of("Order").map((query) => query.sql);
    expect(
      sql.some((text) =>
        text.endsWith('WHERE ("public"."Order"."tenant" = $1 AND "public"."Order"."number" = $2 AND 1=1) LIMIT $3 OFFSET $4'),
      ),
    ).toBe(true);
    expect(sql.some((text) => text.endsWith('WHERE "public"."Order"."buyer_id" IN ($1) OFFSET $2'))).toBe(true);
  });

  test("implicit many-to-many relations have tables of their own", () => {
    const tables = new Set(version.queries.flatMap(({ sql }) => /"(_\w+)"/.exec(sql)?.[1] ?? []));
    expect([...tables].sort()).toEqual(["_Friends", "_GroupToUser"]);
  });

  test("a view is only read, an ignored model not at all", () => {
    expect(new Set(of("Turnover").map(({ verb }) => verb))).toEqual(new Set(["select"]));
    expect(of("Legacy")).toEqual([]);
  });
});

test("every query is one that a real Postgres prepares", async () => {
  await using database = await freshDatabase();
  await database.owner.query(`
    CREATE TYPE user_role AS ENUM ('ADMIN', 'customer');
    CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, nick_name text, role user_role NOT NULL DEFAULT 'customer', roles user_role[],
      created_at timestamp(3) NOT NULL DEFAULT now(), updated_at timestamp(3) NOT NULL, handle text, secret text, position point);
    CREATE TABLE "Group" (id serial PRIMARY KEY, name text NOT NULL);
    CREATE TABLE "Order" (tenant int, number int, buyer_id uuid NOT NULL REFERENCES users, total numeric NOT NULL DEFAULT 0, PRIMARY KEY (tenant, number));
    CREATE VIEW "Turnover" AS SELECT buyer_id, sum(total) AS sum FROM "Order" GROUP BY buyer_id;
    CREATE TABLE "_GroupToUser" ("A" int NOT NULL, "B" uuid NOT NULL);
    CREATE TABLE "_Friends" ("A" uuid NOT NULL, "B" uuid NOT NULL);`);
  expect(version.problems).toEqual([]);
  for (const [i, { sql, params }] of version.queries.entries()) {
    await database.owner.query(`PREPARE q${i} AS ${sql}`);
    const { rows } = await database.owner.query("SELECT cardinality(parameter_types) AS n FROM pg_prepared_statements WHERE name = $1", [
      `q${i}`,
    ]);
    expect([sql, rows[0].n]).toEqual([sql, params.length]);
  }
});

describe("the table of a many-to-many relation is asked for where the relation is named", () => {
  const schema = `datasource db {
  provider = "postgresql"
}
model Author {
  id    Int    @id
  posts Post[]
}
model Post {
  id       Int    @id
  authorId Int
  author   Author @relation(fields: [authorId], references: [id])
  tags     Tag[]
}
model Tag {
  id    Int    @id
  posts Post[]
}
`;
  const read = async (code: string): Promise<LiveVersion> => {
    const base = mkdtempSync(join(tmpdir(), "tread-prisma-"));
    writeFileSync(join(base, "schema.prisma"), schema);
    writeFileSync(join(base, "code.ts"), code);
    try {
      return await readApp("prisma", { files: diskFiles(base, base), root: ".", name: "v1", database: "postgres", options: {} });
    } finally {
      rmSync(base, { recursive: true });
    }
  };
  const useOf = ({ queries }: LiveVersion) => new Set(queries.filter(({ sql }) => sql.includes("_PostToTag")).map(({ use }) => use));

  test.each([
    ["included", "prisma.post.findMany({ include: { tags: true } })", "certain"],
    ["from the other side", "prisma.tag.findMany({ include: { posts: true } })", "certain"],
    ["by way of another relation", "prisma.author.findMany({ include: { posts: { include: { tags: true } } } })", "certain"],
    ["written", "prisma.post.update({ where: { id }, data: { tags: { connect: { id: 1 } } } })", "certain"],
    ["a relation of that name on another model", "prisma.author.findMany({ include: { posts: true } })", "latent"],
    ["nobody", "prisma.post.findMany()", "latent"],
  ])("%s", async (_, code, use) => {
    expect(useOf(await read(`export const rows = (id: number) => ${code};\n`))).toEqual(new Set([use]));
  });

  test("what a caller asks for may be any relation", async () => {
    const version = await read("export const rows = (req: Request) => prisma.post.findMany({ include: req.query.include });\n");
    expect(version.dynamic).toMatchObject([
      { tables: ["public._PostToTag"], reason: expect.stringContaining("hands on what a caller asks for") },
    ]);
  });
});

describe("a field that the client omits everywhere", () => {
  const schema = 'datasource db {\n  provider = "postgresql"\n}\nmodel User {\n  id Int @id\n  nickname String?\n  password String?\n}\n';
  const client = "export const prisma = new PrismaClient({ omit: { user: { nickname: true, password: true } } });\n";
  const queriesWith = async (code: string) => {
    const base = mkdtempSync(join(tmpdir(), "tread-prisma-"));
    writeFileSync(join(base, "schema.prisma"), schema);
    writeFileSync(join(base, "client.ts"), client);
    writeFileSync(join(base, "code.ts"), code);
    try {
      return (await readApp("prisma", { files: diskFiles(base, base), root: ".", name: "v1", database: "postgres", options: {} })).queries;
    } finally {
      rmSync(base, { recursive: true });
    }
  };

  test("is not read; what the code still mentions is written, what it does not is only latent", async () => {
    const queries = await queriesWith("await prisma.user.update({ where: { id }, data: { password: hash } });\n");
    const naming = (column: string) =>
      new Set(queries.filter(({ sql }) => sql.includes(`"${column}"`)).map(({ verb, use }) => `${verb} ${use}`));
    expect(naming("nickname")).toEqual(new Set(["insert latent", "update latent"]));
    expect(naming("password")).toEqual(new Set(["insert certain", "update certain", "insert latent", "update latent"]));
  });
});

describe("the schema language", () => {
  test("keeps what a field's documentation says of its end", () => {
    const schema = parsePrismaSchema(readFileSync(join(FIXTURES, "schema.prisma"), "utf8"), "schema.prisma");
    expect(
      schema.models[0]?.fields.filter(({ deprecated }) => deprecated !== null).map(({ name, deprecated }) => [name, deprecated]),
    ).toEqual([["handle", "use nickname"]]);
  });

  test("knows tables in other schemas", () => {
    const schema = parsePrismaSchema(
      'datasource db {\n  provider = "postgresql"\n  url = "postgresql://h/d?schema=shop"\n}\nmodel A {\n  id Int @id\n  @@schema("audit")\n}\nmodel B {\n  id Int @id\n}\n',
      "s",
    );
    expect(
      queriesOf(schema)
        .map(({ sql }) => /FROM (\S+)/.exec(sql)?.[1])
        .filter(Boolean),
    ).toEqual(expect.arrayContaining(['"audit"."A"', '"shop"."B"']));
  });

  test("that was damaged never stops the reading", () => {
    const text = readFileSync(join(FIXTURES, "schema.prisma"), "utf8");
    for (let at = 0; at < text.length; at += 3) {
      const { problems, models } = parsePrismaSchema(text.slice(0, at) + text.slice(at + 5), "schema.prisma");
      expect(problems.length + models.length).toBeGreaterThan(0);
    }
  });

  test("says where a file is no schema", async () => {
    expect(parsePrismaSchema("model A {\n  id Int @id\n", "s").problems).toMatchObject([
      { message: "`model A` is not closed", span: { line: 1 } },
    ]);
    const none = await readApp("prisma", {
      files: diskFiles(join(FIXTURES, "nothing"), FIXTURES),
      root: ".",
      name: "v1",
      database: "postgres",
      options: {},
    });
    expect(none.problems).toMatchObject([{ code: "no-schema", fatal: true }]);
  });
});
