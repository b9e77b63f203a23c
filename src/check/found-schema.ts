import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { Problem } from "../model/migration.ts";
import { decideReleases, UnknownMigration } from "./applied.ts";
import { fromFoundFile, type Beginning } from "./base-schema.ts";
import type { LoadedLive } from "./load-live.ts";
import type { LoadedSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { displayPath } from "../config/environments.ts";

/** Where Rails, dbmate and others keep the schema, seen from the folder of the migrations. */
const BESIDE = ["structure.sql", "schema.sql", "../structure.sql", "../schema.sql"];

/** A schema file that stands beside the migrations though nobody named it. */
export type FoundSchema =
  | { readonly kind: "usable"; readonly beginning: Beginning }
  /** It is there, and using it would rest on a guess. */
  | { readonly kind: "mention"; readonly path: string };

/**
 * Looked for only where the migrations use tables that none of them creates. It is used by itself only when nothing about it is a
 * guess: there is one such file, it holds those tables, it is known otherwise what is applied in every environment, and the file holds
 * no migration that is to be judged. Anything else is mentioned, for the reader to decide.
 */
export function foundBeside(
  engine: PostgresEngine,
  options: CheckOptions,
  sources: LoadedSources,
  live: LoadedLive,
  unseen: readonly string[],
): FoundSchema | null {
  const configured = sources.sources.some(({ config }) => config.base !== null || (config.schema ?? null) !== null);
  if (configured || sources.sources.length !== 1) return null;
  const [source] = sources.sources;
  if (source === undefined) return null;
  const folder = resolve(source.folder, source.config.root);
  const paths = [
    ...new Set([
      ...BESIDE.map((name) => resolve(folder, name)),
      ...["db/structure.sql", "db/schema.sql"].map((name) => resolve(options.config.root, name)),
    ]),
  ];
  const migrations = new Set(source.migrations.map((m) => resolve(options.cwd, m.path)));
  const there = paths.filter((path) => existsSync(path) && !migrations.has(path));
  const [path] = there;
  if (path === undefined || there.length > 1) return null;
  const mention: FoundSchema = { kind: "mention", path: displayPath(options.cwd, path) };
  const beginning = fromFoundFile(engine, options, sources.sources, path);
  if (beginning.problems.some((problem) => problem.fatal) || !unseen.every((table) => beginning.state.relations.has(table))) return mention;
  for (const environment of options.config.environments) {
    try {
      const configuredThrough = source.config.appliedThrough === null ? [] : [source.config.appliedThrough];
      const { applied, eachItsOwn } = decideReleases({
        migrations: sources.migrations,
        environment,
        live: live.versions,
        base: live.base,
        appliedThrough: options.appliedThrough === null ? configuredThrough : [options.appliedThrough],
        only: sources.only,
      });
      const recorded = beginning.recorded?.ids ?? null;
      // Without a record it can only be trusted as the ref has it that says what is applied.
      const fits = recorded === null ? live.base !== null : [...recorded].every((id) => applied.has(id));
      if (eachItsOwn || !fits) return mention;
    } catch (error) {
      if (error instanceof UnknownMigration) return null;
      throw error;
    }
  }
  const name = displayPath(options.cwd, path);
  const said: Problem = {
    code: "schema-found",
    message: `the schema before these migrations is read from ${beginning.origin.name ?? name}, which was found beside them`,
    help: `say so yourself and this line goes: --schema ${name}, or \`schema: ${name}\` on the source`,
    span: null,
    fatal: false,
  };
  return { kind: "usable", beginning: { ...beginning, problems: [...beginning.problems, said] } };
}

/** Tells whoever reads that tables are missing where they may be found. */
export function mentionFound(problems: readonly Problem[], found: FoundSchema | null): readonly Problem[] {
  if (found?.kind !== "mention") return problems;
  return problems.map((problem) => ({
    ...problem,
    help: `${found.path} may hold them: --schema ${found.path}; or correct the name`,
  }));
}
