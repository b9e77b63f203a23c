import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { LOCK_MODES, strongest, type PostgresEffects, type TableLock } from "../model/effects.ts";
import type { Change } from "../model/change.ts";
import type { Environment } from "../model/environment.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Migration, ParsedMigration } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import type { SchemaState } from "../model/schema.ts";
import type { Releases } from "./applied.ts";
import type { Compatibility } from "./compatibility.ts";
import type { FoldedMigration } from "./fold.ts";

/** Everything that `check` knows about one environment. */
export interface EnvironmentView {
  readonly environment: Environment;
  readonly releases: Releases;
  /** Versions that are live here. */
  readonly versions: readonly LiveVersion[];
  readonly applied: readonly ParsedMigration[];
  /** Applied ones whose work is in the schema that folding began with: not folded, and not run by a rehearsal. */
  readonly held?: readonly Migration[];
  /** The schema before the first judged statement. */
  readonly start: SchemaState;
  /** Judged statements by release: usually one release; each migration its own when nothing is known to be applied. */
  readonly judged: readonly (readonly JudgedStatement[])[];
  readonly judgedMigrations: readonly ParsedMigration[];
  readonly compatibility: Compatibility;
  /** The version under judgement, which is deployed after the migrations. */
  readonly next?: LiveVersion | null;
  /** The version before a release, where nobody says which one serves and the migrations tell it. */
  readonly previous?: ((release: readonly JudgedStatement[]) => LiveVersion | null) | null;
  /** Ways to the same end that begin later: upgrades of installations that run a newer supported release (`supports`). */
  readonly upgrades?: readonly EnvironmentView[];
  /** The newest version on record, which a rollback would deploy; it need not serve in this environment. */
  readonly rollback?: LiveVersion | null;
}

/** Predicts what every judged statement does on this environment's server version, release by release. */
export function judgeStatements(
  engine: PostgresEngine,
  environment: Environment,
  folded: readonly FoldedMigration[],
  releases: Releases,
): readonly (readonly JudgedStatement[])[] {
  const byRelease = new Map<string, JudgedStatement[]>();
  let held = new Held(null);
  for (const { migration, statements } of folded) {
    if (releases.applied.has(migration.id)) continue;
    const release = releases.releaseOf(migration.id);
    const judged = byRelease.get(release) ?? [];
    byRelease.set(release, judged);
    for (const { statement, before, after } of statements) {
      const group =
        statement.transaction === null
          ? null
          : migration.transaction === "all-pending"
            ? release
            : `${migration.id}#${statement.transaction}`;
      if (group === null || group !== held.group) held = new Held(group);
      const isEmpty = (table: string): boolean => {
        const relation = before.relations.get(table);
        return relation !== undefined && releases.releaseOf(relation.origin.migration) === release;
      };
      // Code has no effects of its own; the SQL that it sends as static text has.
      const options = { version: environment.postgres, inTransaction: group !== null, isEmpty };
      const readable = statement.opaque === null && statement.syntaxError === null;
      const predicted =
        !readable || (statement.kind !== "sql" && statement.changes.length === 0)
          ? null
          : engine.predict(statement.changes, before, { ...options, after });
      const heldBefore = held.locks();
      if (predicted !== null) held.add(predicted);
      judged.push({
        migration,
        statement,
        before,
        after,
        predicted,
        ...(statement.changes.length > 1 ? { alone: (change: Change) => engine.predict([change], before, options) } : {}),
        observed: null,
        heldBefore,
        heldAfter: held.locks(),
        breaks: [],
      });
    }
  }
  return [...byRelease.values()];
}

/** The locks that an open transaction has gathered. Outside of one nothing is kept. */
class Held {
  readonly group: string | null;
  private readonly byRelation = new Map<string, TableLock>();

  constructor(group: string | null) {
    this.group = group;
  }

  add(effects: PostgresEffects): void {
    if (this.group === null) return;
    for (const lock of effects.locks) {
      const known = this.byRelation.get(lock.relation);
      this.byRelation.set(lock.relation, known === undefined ? lock : { ...lock, mode: strongest(known.mode, lock.mode) });
    }
  }

  locks(): readonly TableLock[] {
    return [...this.byRelation.values()].sort(
      (a, b) => LOCK_MODES.indexOf(b.mode) - LOCK_MODES.indexOf(a.mode) || (a.relation < b.relation ? -1 : 1),
    );
  }
}
