import type { Environment } from "../model/environment.ts";
import type { Migration } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";

/** What is applied already, and which release the rest belongs to (design section 6, *What is new*). */
export interface Releases {
  /** Ids of migrations that are applied: folded into the schema, not judged. */
  readonly applied: ReadonlySet<string>;
  /** The release a migration belongs to. Two migrations of one release are deployed together. Null id: the base schema. */
  readonly releaseOf: (migration: string | null) => string;
  /** Nothing is known to be applied: each migration is a release of its own, and the walk begins at an empty schema. */
  readonly eachItsOwn: boolean;
  /** For the report: how it is known. */
  readonly because: string;
}

export interface AppliedInput {
  readonly migrations: readonly Migration[];
  readonly environment: Environment;
  /** Versions that are live in the environment, in the order of the configuration. */
  readonly live: readonly LiveVersion[];
  /** Ids that `--base REF` has, with the name of the ref; null without the option. */
  readonly base: { readonly name: string; readonly ids: ReadonlySet<string> } | null;
  /** `--applied-through`, or `appliedThrough` of the environment or of a source. */
  readonly appliedThrough: readonly string[];
  /** Ids that paths on the command line named one by one; null: all. */
  readonly only: ReadonlySet<string> | null;
  /** What the schema that folding begins with records as applied; null when it records nothing. */
  readonly recorded?: { readonly ids: ReadonlySet<string>; readonly because: string } | null;
  /** The schema that folding begins with is one that some migrations have led to: what is not applied is one release on top of it. */
  readonly later?: boolean;
}

export function decideReleases(input: AppliedInput): Releases {
  const ids = input.migrations.map((migration) => migration.id);
  const recorded = input.recorded?.ids ?? new Set<string>();
  if (input.only !== null) {
    const only = input.only;
    return oneRelease(
      new Set(ids.filter((id) => !only.has(id) || recorded.has(id))),
      input,
      "the files named on the command line are judged",
    );
  }
  const through = input.environment.appliedThrough === null ? input.appliedThrough : [input.environment.appliedThrough];
  if (input.base !== null) {
    const { ids: has, name } = input.base;
    return oneRelease(new Set(ids.filter((id) => has.has(id) || recorded.has(id))), input, `what ${name} has is applied`);
  }
  if (through.length > 0) {
    const applied = new Set([...appliedUpTo(input.migrations, through), ...recorded]);
    return oneRelease(applied, input, `applied through ${through.join(", ")}`);
  }
  if (input.recorded !== undefined && input.recorded !== null) return oneRelease(new Set(recorded), input, input.recorded.because);
  const { onRecord } = input.environment;
  if (onRecord?.by === "window") {
    // An upgrade may begin at any supported version: what none of them lacks is applied.
    const oldest = input.live.find((version) => onRecord.live.includes(version.name) && version.migrations !== null);
    if (oldest?.migrations != null) {
      const carried = oldest.migrations;
      return oneRelease(
        new Set(ids.filter((id) => carried.has(id))),
        input,
        `what ${oldest.name}, the oldest supported version, contains is applied`,
        oldest,
      );
    }
  }
  const newest = input.live.findLast((version) => version.migrations !== null);
  if (newest?.migrations != null) {
    const carried = newest.migrations;
    return oneRelease(new Set(ids.filter((id) => carried.has(id))), input, `what the live version ${newest.name} contains is applied`);
  }
  if (input.later === true)
    return oneRelease(new Set(), input, "nothing says what is applied: every migration is judged on top of the schema that was given");
  const applied = new Set<string>(input.migrations.filter((m) => m.builtIn === true).map((m) => m.id));
  return {
    applied,
    releaseOf: (id) => (id === null || applied.has(id) ? APPLIED : id),
    eachItsOwn: true,
    because: "no version is known to be deployed: every migration is judged, each as a release of its own",
  };
}

const APPLIED = "(applied)";
const NEW = "(new)";

function oneRelease(applied: Set<string>, input: AppliedInput, because: string, by: LiveVersion | null = null): Releases {
  // A squash stands for what it replaces: with all of that applied, so is the squash.
  for (const migration of input.migrations) {
    if (
      migration.replaces.length > 0 &&
      migration.replaces.every((id) => applied.has(id) || (by === null ? knownApplied(input, id) : by.migrations?.has(id) === true))
    )
      applied.add(migration.id);
    if (migration.builtIn === true) applied.add(migration.id);
  }
  return { applied, releaseOf: (id) => (id === null || applied.has(id) ? APPLIED : NEW), eachItsOwn: false, because };
}

function knownApplied(input: AppliedInput, id: string): boolean {
  return input.base?.ids.has(id) === true || input.live.some((version) => version.migrations?.has(id) === true);
}

/**
 * Up to and including the ids. With a graph (Django) that is the id and its ancestors; in a plain folder everything before it.
 * @throws UnknownMigration when no migration has the id
 */
function appliedUpTo(migrations: readonly Migration[], through: readonly string[]): Set<string> {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  const applied = new Set<string>();
  for (const id of through) {
    const last = byId.get(id) ?? migrations.find((migration) => migration.replaces.includes(id));
    if (last === undefined) throw new UnknownMigration(id, [...byId.keys()]);
    if (last.source === "django") {
      const stack = [last.id];
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        if (applied.has(at)) continue;
        applied.add(at);
        stack.push(...(byId.get(at)?.dependsOn ?? []));
      }
    } else {
      for (const migration of migrations) {
        if (migration.source === last.source) applied.add(migration.id);
        if (migration.id === last.id) break;
      }
    }
  }
  return applied;
}

export class UnknownMigration extends Error {
  readonly id: string;
  readonly known: readonly string[];
  constructor(id: string, known: readonly string[]) {
    super(`no migration has the id ${id}`);
    this.id = id;
    this.known = known;
  }
}
