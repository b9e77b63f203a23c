import { withPostgres } from "../config/environments.ts";
import { introspect } from "../engines/postgres/introspect/index.ts";
import { openReadOnly } from "../engines/postgres/introspect/session.ts";
import { readTarget, type Target } from "../engines/postgres/introspect/target.ts";
import { CloneRefused, driftOf, openClone, type Refusal, refusalsOf, rehearseFullSize, sizeOfClone } from "../rehearse/full-size/index.ts";
import type { RehearseEvents } from "../rehearse/index.ts";
import { counted } from "../text/numbers.ts";
import { analyse } from "./analyse.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { type CheckResult, withProblems } from "./index.ts";
import { chooseView, finish, rehearsedOf, type RehearseOptions, withObservation } from "./rehearse.ts";

export interface FullSizeOptions extends RehearseOptions {
  /** URL or `key=value` list of the clone. */
  readonly on: string;
  /** `--disposable`: true, or the name of the database that may be changed. Null: not said. */
  readonly disposable: true | string | null;
  /** Users or applications whose sessions on the clone do not count. */
  readonly allowed: readonly string[];
}

/** Sizes of tables, as many as a person compares with what they expect. */
const SHOWN = 3;
const DRIFT_SHOWN = 8;

/**
 * `tread rehearse --on URL --disposable`: the rehearsal on a clone that the user provides, with its real rows. The clone is looked at
 * before anything is done to it, and left alone where anything speaks against it.
 *
 * @throws CloneRefused when the server is in use, or was not said to be disposable
 * @throws DatabaseTrouble when it cannot be reached
 */
export async function rehearseOnClone(options: FullSizeOptions, version: string, events: RehearseEvents): Promise<CheckResult> {
  const target = readTarget(options.on, process.env);
  await using session = await openReadOnly(target);
  events.progress(`looking at ${target.shown} (PostgreSQL ${session.version}): is anybody else there?`);
  const refusals = [...notMeant(options, session.database, target), ...(await refusalsOf(session, options.allowed))];
  if (refusals.length > 0) throw new CloneRefused(target.shown, refusals);

  // The clone is of the major version that it is; what is predicted has to be for that one.
  const analysis = withProblems(await analyse({ ...options, config: withPostgres(options.config, session.major) }));
  const view = chooseView(analysis.views);
  if (view === null || view.judged.flat().length === 0) return finish(analysis, version, null);
  const found = await introspect(session, analysis.engine);
  const size = { server: target.shown, ...(await sizeOfClone(session)), drift: driftOf(view.start, found.state) };
  const tables = size.tables.slice(0, SHOWN).map(({ table, rows }) => `${table} ${counted(Math.round(rows), "row")}`);
  events.progress(
    `rehearsing on ${target.shown}: PostgreSQL ${session.version}, ${(size.bytes / 1e9).toFixed(1)} GB${tables.length === 0 ? "" : `, ${tables.join(", ")}`}; Ctrl-C stops, and what has run stays`,
  );
  await session.close();
  const result = await rehearseFullSize(
    {
      environment: view.environment,
      thresholds: options.config.thresholds,
      applied: view.applied,
      before: view.start,
      judged: view.judged.flat(),
      releaseOf: view.releases.releaseOf,
      versions: [...view.versions],
      maxRows: options.maxRows,
      offline: true,
      signal: options.signal,
    },
    openClone(target, session),
    size,
    events,
  );
  const seen: EnvironmentView = { ...view, judged: view.judged.map((release) => release.map((judged) => withObservation(judged, result))) };
  return finish(
    {
      ...analysis,
      views: analysis.views.map((candidate) => (candidate === view ? seen : candidate)),
      problems: [...analysis.problems, ...driftProblems(size.drift, target)],
    },
    version,
    rehearsedOf(result),
  );
}

/** What the person has said, and what the config says of the server. */
function notMeant(options: FullSizeOptions, database: string, target: Target): Refusal[] {
  const refusals: Refusal[] = [];
  if (options.disposable === null)
    refusals.push({
      reason: "nobody said that it is disposable: a rehearsal changes it, as the migrations do, and runs their locks on it",
      help: `if it is a copy that may be thrown away: --on … --disposable, or --disposable ${database} to be sure which`,
    });
  else if (options.disposable !== true && options.disposable !== database)
    refusals.push({
      reason: `it is the database ${database}, and ${options.disposable} was said to be disposable`,
      help: "correct the URL or the name",
    });
  for (const environment of options.config.environments) {
    const variable = environment.databaseUrlFrom ?? null;
    const url = variable === null ? undefined : process.env[variable];
    if (url === undefined || url === "" || !sameDatabase(readTarget(url, process.env), target)) continue;
    refusals.push({
      reason: `it is the database of the environment ${environment.name} (${variable})`,
      help: "an environment is what the rehearsal protects: name a copy of it",
    });
  }
  return refusals;
}

function sameDatabase(a: Target, b: Target): boolean {
  const place = ({ attempts }: Target): string =>
    `${attempts[0]?.host ?? ""}:${attempts[0]?.port ?? ""}/${attempts[0]?.database ?? ""}`.toLowerCase();
  return place(a) === place(b);
}

function driftProblems(drift: readonly string[], target: Target): CheckProblem[] {
  if (drift.length === 0) return [];
  const more = drift.length > DRIFT_SHOWN ? ` and ${drift.length - DRIFT_SHOWN} more (rehearsal.fullSize.drift in the JSON report)` : "";
  return [
    {
      code: "clone-drift",
      message: `${target.shown} is not what the applied migrations make: ${drift.slice(0, DRIFT_SHOWN).join("; ")}${more}`,
      help: "say which migrations are applied there (--applied-through), or take a clone that stands where they end: what was rehearsed is true of this one",
      span: null,
      fatal: false,
    },
  ];
}

type CheckProblem = CheckResult["report"]["problems"][number];
