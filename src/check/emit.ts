import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { sizeOf } from "../model/environment.ts";
import type { Finding } from "../model/report.ts";
import type { SchemaState } from "../model/schema.ts";
import { overlayOf, withIgnores } from "../plan/emit/ignore.ts";
import { type Emission, emissionOf } from "../plan/emit/index.ts";
import { type EmitSource, tablesOf } from "../plan/emit/place.ts";
import type { Plan } from "../plan/types.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { check } from "./index.ts";
import { forDatabase, loadSources, type LoadedSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";

export interface EmitRequest {
  /** `--into`, as written. */
  readonly into: string | null;
  readonly tool: string | null;
  readonly phase: string | null;
  /** As people call it. */
  readonly planFile: string;
}

/** What would be written for a plan, and what `check` would say about it. */
export interface CheckedEmission {
  readonly emission: Emission;
  /** Errors and warnings in the files that would be written. */
  readonly findings: readonly Finding[];
}

/** Nothing is written: the project is checked with the files in it. @throws EmitRefused, ConfigError */
export async function emissionFor(plan: Plan, request: EmitRequest, options: CheckOptions, version: string): Promise<CheckedEmission> {
  const loaded = forDatabase(await loadSources(options), "postgres");
  const analysis = await analyse(options, loaded);
  const view = analysis.views[0];
  const schema: SchemaState | undefined = view?.judged.flat().at(-1)?.after ?? view?.start;
  if (schema === undefined) throw new Error("an analysis without an environment");
  const hot = isHot(plan, analysis);
  const emission = await emissionOf(
    plan,
    { engine: analysis.engine, schema, sources: emitSources(loaded) },
    {
      cwd: options.cwd,
      into: request.into === null ? null : resolve(options.cwd, request.into),
      tool: request.tool,
      now: options.now ?? new Date(),
      planFile: request.planFile,
      phase: request.phase,
      lockTimeout: hot ? `${options.config.thresholds.stallMs}ms` : "2s",
    },
  );
  // As it is asked for here, and as it is judged where what stood before is applied: each sees what the other does not.
  const first = (await Promise.all(views(emission, options, loaded, plan.from).map((each) => findingsIn(emission, each, version)))).flat();
  const silent = withIgnores(emission, first);
  return { emission: silent, findings: await findingsIn(silent, options, version) };
}

/**
 * Ways in which the files are judged later: nothing applied, or everything that was there before them; and, where they take the place of a
 * migration, without that one.
 */
export function views(
  { place }: Emission,
  options: CheckOptions,
  loaded: LoadedSources,
  from: Plan["from"] = null,
): readonly CheckOptions[] {
  const last = loaded.migrations.findLast(
    ({ builtIn, path }) => builtIn !== true && resolve(options.cwd, path).startsWith(`${place.folder}/`),
  );
  if (last === undefined || options.base !== null || options.appliedThrough !== null) return [options];
  return [options, { ...options, appliedThrough: last.id }, ...withoutOrigin(options, loaded, from)];
}

/** As it is when somebody has deleted the migration that the plan was made for, which is what the notes say. */
function withoutOrigin(options: CheckOptions, { migrations }: LoadedSources, from: Plan["from"]): readonly CheckOptions[] {
  const own = migrations.filter(({ builtIn }) => builtIn !== true);
  const at = own.findIndex(({ id }) => id === from?.migration);
  const [origin, before] = [own[at], own[at - 1]];
  if (origin === undefined || before === undefined) return [];
  const path = resolve(options.cwd, origin.path);
  if (!existsSync(path)) return [];
  // Of a Django migration the others may depend on the name, and it on others.
  const text = path.endsWith(".py") ? readFileSync(path, "utf8").replace(/^( +operations\s*=\s*\[)[\s\S]*\]/m, "$1]") : "";
  return [{ ...options, appliedThrough: before.id, overlay: new Map([[path, new TextEncoder().encode(text)]]) }];
}

export function emitSources(loaded: LoadedSources): readonly EmitSource[] {
  return loaded.sources.map(({ config, files, folder, migrations }) => ({
    type: config.type,
    root: config.root,
    options: config.options,
    files,
    folder,
    migrations,
  }));
}

async function findingsIn(emission: Emission, options: CheckOptions, version: string): Promise<readonly Finding[]> {
  const written = overlayOf(emission);
  const { report } = await check({ ...options, overlay: new Map([...(options.overlay ?? []), ...written]) }, version);
  const files = new Set(written.keys());
  return report.findings.filter(({ span, severity }) => span !== null && severity !== "info" && files.has(resolve(options.cwd, span.file)));
}

/** Where a table is known to be hot, a lock may be waited for no longer than anybody may be asked to bear. */
function isHot(plan: Plan, { options, views }: Analysis): boolean {
  const tables = tablesOf(plan.phases);
  return views.some(({ environment }) => tables.some((table) => sizeOf(environment, table, options.config.thresholds).hot));
}
