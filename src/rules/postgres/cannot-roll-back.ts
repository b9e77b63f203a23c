import type { JudgedStatement } from "../../model/judged.ts";
import type { TypeRef } from "../../model/schema.ts";
import { copiedColumns, triggerInStep } from "../copies.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { capital, counted, isDjango, list, named, typeName } from "../words.ts";

/** Why the version before would not do after the release, and the statement that makes it so. */
interface Obstacle {
  readonly at: JudgedStatement;
  readonly sentence: string;
  /** Certain: its queries fail, or rows are not where it looks. Else it depends on what the new version writes. */
  readonly certain: boolean;
  /** What to do about it, when holding the statement back is not it. */
  readonly remedy?: string;
  /** Another rule says it at its statement: told here only beside something else. */
  readonly saidElsewhere?: boolean;
}

export const cannotRollBack: Rule = {
  id: "cannot-roll-back",
  summary: "the version that a rollback would deploy no longer fits what the release leaves",
  database: "postgres",
  checkMigration({ migration }, context) {
    const target = context.rollback;
    if (target === null) return [];
    const obstacles = obstaclesOf(context);
    const first = obstacles.find(({ saidElsewhere }) => saidElsewhere !== true);
    // Once per release, where the first step stands that must be held back.
    if (first === undefined || first.at.migration.id !== migration.id) return [];
    const steps = [...new Set(obstacles.map(({ at }) => at))];
    const { version } = target;
    const certain = obstacles.some((obstacle) => obstacle.certain);
    return [
      {
        severity: certain ? "warning" : "info",
        statement: first.at.statement.index,
        message: `after this release ${version} ${certain ? "can no longer be deployed again" : "may meet what it does not know when it is deployed again"}`,
        label: first.remedy === undefined ? "hold this step back until nobody would roll back" : "the way back is closed here",
        why: `${obstacles.map(({ sentence }) => capital(sentence)).join(". ")}. Each step may be fine while ${target.serves ? `${version} still serves` : "the versions that serve run"}; it is the way back that is closed, at the moment when somebody needs it.`,
        help: `${[...new Set(remedies(obstacles, version))].join("; ")}. If there is no going back, say so beforehand: \`${isDjango(first.at) ? "#" : "--"} tread-ignore cannot-roll-back: <who decided it, and what to do instead>\``,
        evidence: evidence(context),
        liveVersions: [version],
        also: steps.filter((at) => at !== first.at).map((at) => ({ span: at.statement.span, label: "this one too" })),
      } satisfies Hazard,
    ];
  },
};

// Asked for every migration of a release, answered once.
const known = new WeakMap<RuleContext, readonly Obstacle[]>();

function obstaclesOf(context: RuleContext): readonly Obstacle[] {
  let obstacles = known.get(context);
  if (obstacles === undefined) {
    const position = new Map(context.release.map((statement, at) => [statement, at]));
    const found = [...brokenQueries(context), ...lostWrites(context), ...unreadableData(context)];
    obstacles = found.sort((a, b) => (position.get(a.at) ?? 0) - (position.get(b.at) ?? 0));
    known.set(context, obstacles);
  }
  return obstacles;
}

function remedies(obstacles: readonly Obstacle[], version: string): readonly string[] {
  const held = new Set(obstacles.filter(({ remedy }) => remedy === undefined).map(({ at }) => at)).size;
  const hold =
    held === 0
      ? []
      : [
          `move ${held === 1 ? "the statement" : `these ${held} statements`} into the release after the next, when ${version} is no longer what a rollback would deploy`,
        ];
  return [...obstacles.flatMap(({ remedy }) => remedy ?? []), ...hold];
}

function brokenQueries(context: RuleContext): readonly Obstacle[] {
  const certain = context.rollbackBreaks.filter(({ use }) => use === "certain");
  return [...new Set(certain.map(({ at }) => at))].map((at) => {
    const own = certain.filter((query) => query.at === at);
    const states = [...new Set(own.map(({ sqlstate }) => sqlstate))].join(", ");
    return {
      at,
      certain: true,
      sentence: `${counted(own.length, "query", "queries")} of ${own[0]?.version ?? ""} ${own.length === 1 ? "fails" : "fail"} then with SQLSTATE ${states}, which nobody notices now because it does not serve`,
    };
  });
}

/** Rows that the new version writes have the new column alone: the old one looks for them in the original. */
function lostWrites(context: RuleContext): readonly Obstacle[] {
  const target = context.rollback?.version ?? "";
  const end = context.release.at(-1)?.after;
  const seen = new Set<string>();
  return context.release.flatMap((at): readonly Obstacle[] =>
    copiedColumns(at, context).flatMap((copy): readonly Obstacle[] => {
      const { table, column, from } = copy;
      const original = end?.relations.get(from.relation)?.columns.find(({ name }) => name === from.column);
      const key = `${from.relation}.${from.column} ${table}.${column}`;
      if (original === undefined || seen.has(key) || end === undefined) return [];
      const next = context.versionWrites(table).filter((write) => write.serves === "next" && write.columns.includes(column));
      const nextKeepsIt = context
        .versionWrites(from.relation)
        .some((write) => write.serves === "next" && write.columns.includes(from.column));
      const used = context.versionWrites(from.relation).some((write) => write.version === target && write.columns.includes(from.column));
      const back = triggerInStep(end, { table: from.relation, column: from.column, from: { relation: table, column }, rows: false });
      if (next.length === 0 || nextKeepsIt || !used || back !== null) return [];
      seen.add(key);
      const place = from.relation === table ? named(from.column) : `${named(from.column)} of ${named(from.relation)}`;
      return [
        {
          at,
          certain: true,
          remedy: `let the new version write ${named(column)} and ${place} for one release, or a trigger carry each to the other, and stop writing ${place} in the next`,
          sentence: `the new version writes ${named(column)} of ${named(table)} and no longer ${place}: what it has written until then is not where ${target} looks for it`,
        },
      ];
    }),
  );
}

function unreadableData(context: RuleContext): readonly Obstacle[] {
  const target = context.rollback?.version ?? "";
  return context.release.flatMap((at) =>
    at.statement.changes.flatMap((change): readonly Obstacle[] => {
      switch (change.kind) {
        case "add-enum-value": {
          const type = at.before.types.get(change.type);
          const isOld = context.release[0]?.before.types.has(change.type) === true;
          if (type?.kind !== "enum" || !isOld || type.values.includes(change.value)) return [];
          return [
            {
              at,
              certain: false,
              remedy: `release a version that can read \`${change.value}\` first, and let a later one write it`,
              sentence: `rows may hold \`${change.value}\`, a value of ${named(change.type)} that ${target} does not know`,
            },
          ];
        }
        case "change-type": {
          const before = context.column(at, change.table, change.column);
          if (before === null || !context.columnExistedBefore(at, change.table, change.column) || !holdsMore(before.type, change.type))
            return [];
          return [
            {
              at,
              certain: false,
              sentence: `${named(change.column)} of ${named(change.table)} may hold what ${typeName(before.type)} did not, and ${target} was written for ${typeName(before.type)}`,
            },
          ];
        }
        case "drop-not-null":
          if (!context.columnExistedBefore(at, change.table, change.column)) return [];
          return [
            {
              at,
              certain: false,
              saidElsewhere: true,
              sentence: `${named(change.column)} of ${named(change.table)} may be NULL, which ${target} does not expect`,
            },
          ];
        case "drop-constraint": {
          const constraint = context.table(at, change.table)?.constraints.find(({ name }) => name === change.name);
          const isOld =
            context.release[0]?.before.relations.get(change.table)?.constraints.some(({ name }) => name === change.name) === true;
          const again = context.release.at(-1)?.after.relations.get(change.table)?.constraints;
          const kinds: readonly string[] = ["unique", "check", "exclusion"];
          if (constraint === undefined || !isOld || !kinds.includes(constraint.kind)) return [];
          if (again?.some(({ kind, columns }) => kind === constraint.kind && list(columns) === list(constraint.columns)) === true)
            return [];
          return [
            {
              at,
              certain: false,
              saidElsewhere: constraint.kind === "unique",
              sentence: `${named(change.table)} may hold rows that ${named(change.name)} did not let in, on which ${target} relies`,
            },
          ];
        }
        default:
          return [];
      }
    }),
  );
}

const INTEGERS = ["smallint", "integer", "bigint", "numeric"];

/** The second type takes values that the first does not: whoever sized a variable for the first may overflow. */
function holdsMore(before: TypeRef, after: TypeRef): boolean {
  if (before.dimensions !== after.dimensions) return false;
  const [a, b] = [INTEGERS.indexOf(before.name), INTEGERS.indexOf(after.name)];
  if (a !== -1 && b !== -1 && a !== b) return b > a;
  const characters = ["character varying", "character"];
  if (!characters.includes(before.name)) return false;
  const limit = before.modifiers[0];
  if (limit === undefined) return false;
  return after.name === "text" || (characters.includes(after.name) && (after.modifiers[0] ?? Infinity) > limit);
}

function evidence(context: RuleContext): Hazard["evidence"] {
  return context.breakEvidence(context.rollbackBreaks.filter(({ use }) => use === "certain"));
}
