import type { Problem } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import { decode } from "../../sources/files/decode.ts";
import { folderOf, isWithin, joinPath, normalisePath } from "../../sources/files/paths.ts";
import type { Files } from "../../sources/source.ts";
import type { App, AppInput } from "../app.ts";
import { prismaDeclarations } from "./declarations.ts";
import { omittedFields } from "./omit.ts";
import { parsePrismaSchema } from "./psl.ts";
import type { PrismaEnum, PrismaSchema } from "./psl.ts";
import { implicitTables, queriesOf } from "./queries.ts";
import { EVERY_RELATION, usedRelations } from "./used-relations.ts";

/** An app that uses Prisma Client, read from its `schema.prisma`. */
export const prismaApp: App = {
  type: "prisma",
  detect: (files, root) => schemaFiles(files, root).length > 0,
  read: readPrisma,
};

async function readPrisma({ files, root, name, database }: AppInput): Promise<LiveVersion> {
  const version = { name, database, migrations: null, dynamic: [] } as const;
  const paths = schemaFiles(files, root);
  if (paths.length === 0) {
    const where = files.display(root);
    return {
      ...version,
      queries: [],
      problems: [fatal("no-schema", `there is no schema.prisma in ${where}`, "Correct `root` or `path` of this version.", where)],
    };
  }
  const schema = merged(paths.map((path) => parsePrismaSchema(decode(files.read(path)).text, files.display(path))));
  const shown = files.display(paths[0] ?? root);
  const problems: Problem[] = schema.problems.map(({ message, span }) => ({
    code: "syntax",
    message,
    help: "Run `prisma validate`.",
    span,
    fatal: true,
  }));
  if (schema.provider !== null && schema.provider !== "postgresql" && schema.provider !== "postgres" && schema.provider !== "cockroachdb") {
    return {
      ...version,
      queries: [],
      problems: [
        fatal("other-engine", `${shown} is a schema for ${schema.provider}`, "tread knows Postgres. Leave this version out.", shown),
      ],
    };
  }
  const declares = prismaDeclarations(
    schema,
    paths.map((path) => ({ path, shown: files.display(path), text: decode(files.read(path)).text })),
  );
  const models = schema.models.filter(({ ignored }) => !ignored);
  const implicit = implicitTables(schema, new Map(models.map((model) => [model.name, model])));
  const relations = implicit.length === 0 ? EVERY_RELATION : usedRelations(files, models);
  const queries = queriesOf(schema, await omittedFields(files, root), schema.emulatesRelations ? EVERY_RELATION : relations);
  const tables = implicit
    .filter(({ model, field, back }) => !relations.names(model.name, field.name) && !relations.names(field.type, back.name))
    .map(({ schema: own, table }) => `${own}.${table}`);
  const dynamic = tables.length === 0 ? [] : relations.computed.map((access) => ({ ...access, tables }));
  return { ...version, queries, dynamic, problems, declares };
}

/**
 * The files of one schema: `prisma/schema.prisma`, `schema.prisma`, or the folder of a multi-file schema. Where a repository has several
 * projects, the one nearest to `root`.
 */
function schemaFiles(files: Files, root: string): string[] {
  const top = normalisePath(root);
  const all = files.list(top).filter((path) => path.endsWith(".prisma"));
  const main = ["prisma/schema.prisma", "schema.prisma"].map((path) => joinPath(top, path)).find((path) => all.includes(path));
  const first =
    main ?? all.find((path) => path.endsWith("/schema.prisma")) ?? [...all].sort((a, b) => a.split("/").length - b.split("/").length)[0];
  if (first === undefined) return [];
  // A multi-file schema is the folder of the file with the datasource, and what lies below.
  const folder = folderOf(first);
  return all.filter((path) => path === first || (folder !== "." && isWithin(folder, path)) || folderOf(path) === folder);
}

function merged(parts: readonly PrismaSchema[]): PrismaSchema {
  return {
    provider: parts.map(({ provider }) => provider).find((provider) => provider !== null) ?? null,
    emulatesRelations: parts.some(({ emulatesRelations }) => emulatesRelations),
    defaultSchema: parts.map(({ defaultSchema }) => defaultSchema).find((schema) => schema !== "public") ?? "public",
    models: parts.flatMap(({ models }) => models),
    enums: new Map<string, PrismaEnum>(parts.flatMap(({ enums }) => [...enums])),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

function fatal(code: string, message: string, help: string, file: string): Problem {
  return { code, message, help, span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 }, fatal: true };
}
