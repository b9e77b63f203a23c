import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { Change, ChangeOf } from "../../model/change.ts";
import { bareName, displayName } from "../../model/schema.ts";
import { backfill, deploy, noWayBack, phase, released, together, undo, verify } from "../build.ts";
import { kebab, makePlan, recipeFor } from "../make-plan.ts";
import type { PlanRequest, Scene } from "../recipe.ts";
import { sqlName, sqlTable } from "../sql.ts";
import { PlanTrouble } from "../trouble.ts";
import type { Phase, Plan, PlanOrigin, Step, Undo } from "../types.ts";

/** One statement of a migration, or one sub-command of an ALTER TABLE. */
export interface Piece {
  readonly sql: string;
  /** Later ones that belong to it: the default of a new column that is dropped again. */
  readonly also?: readonly string[];
  readonly changes: readonly Change[];
  /** Around it: the schema before it, and what its unsafe form breaks. */
  readonly scene: Scene;
  /** In the words of `tread plan`. */
  readonly words: string;
  /** `migrations/0002_mixed.sql:3` */
  readonly place: string;
  readonly from: PlanOrigin;
  /** Whether something was found in it but that it stands beside others. */
  readonly found: boolean;
}

/** Rules for which the answer is to give each statement a place of its own. */
export const TOGETHER: ReadonlySet<string> = new Set(["ddl-and-backfill-together", "ddl-and-data-in-one-migration"]);

/** What says nothing about the schema: a plan's steps have transactions and settings of their own. */
const AROUND: ReadonlySet<Change["kind"]> = new Set(["begin", "commit", "rollback", "savepoint", "release", "set", "read", "lock-table"]);

/**
 * A migration that mixes changes of the schema with writes of many rows, as one sequence: each statement by its own recipe, writes as
 * backfills between them, in the migration's order.
 * @throws PlanTrouble where one of its statements has no recipe and is not safe as it stands
 */
export function splitPlan(id: string, pieces: readonly Piece[], engine: PostgresEngine): Plan {
  const own = pieces.filter(({ changes }) => changes.some(({ kind }) => !AROUND.has(kind)));
  const [first] = own;
  if (first === undefined) throw new PlanTrouble(`${id}: there is nothing in it to split`, "`tread check` says what was looked at");
  const fills = fillsOf(own, engine);
  const added = new Set(
    own.flatMap(({ changes }) =>
      changes.flatMap((change) => (change.kind === "add-column" ? [columnOf(change.table, change.column.name)] : [])),
    ),
  );
  const notes = new Set<string>();
  const taken = new Taken();
  const phases: Phase[] = [];
  for (const [index, piece] of own.entries()) {
    if ([...fills.values()].some(({ write }) => write === piece)) continue;
    const label = `${index + 1}-${kebab(piece.words).slice(0, 40).replace(/-+$/, "")}`;
    const request: PlanRequest = {
      words: piece.words,
      sql: [piece.sql, ...(piece.also ?? [])],
      changes: piece.changes,
      recipe: null,
      fill: fills.get(piece)?.value ?? null,
      from: piece.from,
    };
    const write = onlyWrite(piece);
    if (write !== null && !write.bounded) phases.push(...taken.named(label, written(piece, write, label, added, engine)));
    else if (recipeFor(request, piece.scene) === null) phases.push(...taken.named(label, asItIs(piece, label)));
    else {
      const plan = makePlan(request, piece.scene);
      phases.push(...taken.named(label, plan.phases));
      for (const note of plan.notes) notes.add(note);
    }
  }
  const end = phases.at(-1);
  const proof = phases.flatMap(({ steps }) => steps).findLast((step) => step.kind === "verify");
  if (end === undefined || proof === undefined)
    throw new PlanTrouble(
      `${id}: nothing can tell whether its end was reached`,
      "put its statements into migrations of their own: `tread check` says for each what to do",
    );
  // A statement that nothing can ask about: what was reached before it still holds.
  if (end.steps.at(-1)?.kind !== "verify")
    phases.splice(-1, 1, { ...end, steps: [...end.steps, { ...proof, name: kebab(`still-${proof.name}`) }] });
  return {
    format: "tread.plan/1",
    name: kebab(`split-${id}`),
    database: "postgres",
    change: `split ${id}: ${own.map(({ words }) => words).join("; ")}`,
    from: first.from,
    recipe: "split",
    majors: first.scene.majors,
    unsafe: own.flatMap(({ sql, also = [] }) => [sql, ...also]),
    phases,
    notes: [`${id} is split: each statement has a place of its own, in its order; the migration itself goes`, ...notes],
  };
}

/**
 * ADD COLUMN … DEFAULT and the DROP DEFAULT of the same migration are one change: the default stays until no version leaves the column out.
 */
export function withDroppedDefaults(pieces: readonly Piece[]): readonly Piece[] {
  const taken = new Set<Piece>();
  return pieces.flatMap((piece, at): readonly Piece[] => {
    if (taken.has(piece)) return [];
    const [added, ...others] = piece.changes;
    if (added?.kind !== "add-column" || others.length > 0) return [piece];
    const dropped = pieces.slice(at + 1).find(({ changes: [change, ...more] }) => {
      if (change?.kind !== "set-default" || more.length > 0) return false;
      return change.default === null && change.table === added.table && change.column === added.column.name;
    });
    if (dropped === undefined) return [piece];
    taken.add(dropped);
    return [
      {
        ...piece,
        also: [dropped.sql],
        changes: [...piece.changes, ...dropped.changes],
        from: piece.from.rule === null ? { ...piece.from, rule: dropped.from.rule } : piece.from,
        found: piece.found || dropped.found,
      },
    ];
  });
}

function columnOf(table: string, column: string): string {
  return `${table}.${column}`;
}

function onlyWrite({ changes }: Piece): ChangeOf<"write"> | null {
  const [change, ...others] = changes;
  return change?.kind === "write" && others.length === 0 ? change : null;
}

interface Fill {
  readonly write: Piece;
  readonly value: string;
}

/** A write that gives rows the value without which the NOT NULL after it would fail: the recipe does both, in the order that holds. */
function fillsOf(pieces: readonly Piece[], engine: PostgresEngine): ReadonlyMap<Piece, Fill> {
  const fills = new Map<Piece, Fill>();
  for (const [at, piece] of pieces.entries()) {
    const [change] = piece.changes;
    if (change?.kind !== "set-not-null") continue;
    const before = pieces.slice(0, at);
    const isNew = before.some(({ changes }) =>
      changes.some((each) => each.kind === "add-column" && each.table === change.table && each.column.name === change.column),
    );
    const writes = before.filter((each) => {
      const write = onlyWrite(each);
      return write?.table === change.table && write.columns.includes(change.column);
    });
    const [write] = writes;
    if (write === undefined || writes.length > 1) continue;
    const batch = engine.batch(write.sql, write.scene.schema);
    if (batch.kind !== "batchable" || batch.verb !== "update" || batch.slices.from !== null || batch.alias !== batch.table.name) continue;
    const [assigned, ...others] = batch.assigned ?? [];
    const onlyNull = batch.slices.where === null ? isNew : isNullOf(batch.slices.where, change.column);
    if (assigned?.column === change.column && others.length === 0 && onlyNull) fills.set(piece, { write, value: assigned.value });
  }
  return fills;
}

/** `email IS NULL` and nothing else. */
function isNullOf(where: string, column: string): boolean {
  const words = where
    .toLowerCase()
    .replace(/^\(+|\)+$/g, "")
    .trim()
    .split(/\s+/);
  return words.length === 3 && words[1] === "is" && words[2] === "null" && (words[0] === column || words[0] === `"${column}"`);
}

/** A write of many rows, in batches. */
function written(
  piece: Piece,
  write: ChangeOf<"write">,
  label: string,
  added: ReadonlySet<string>,
  engine: PostgresEngine,
): readonly Phase[] {
  const batch = engine.batch(piece.sql, piece.scene.schema);
  const table = displayName(write.table);
  if (batch.kind === "refused")
    throw new PlanTrouble(
      `${piece.place}: it cannot be run in batches: ${batch.reason}`,
      "write it so that the result of a row depends on that row alone, or put it into a migration of its own and decide when it may run",
    );
  const { verb, alias, assigned, idempotent, slices } = batch;
  if (verb === "insert" || (verb === "update" && (assigned === null || !idempotent)))
    throw new PlanTrouble(
      `${piece.place}: whether a row of ${table} is done already cannot be told from the row`,
      "put it into a migration of its own with `-- tread: backfill verify='…'` (docs/apply.md), which `tread apply` runs once",
    );
  const todo = (assigned ?? []).map(({ column, value }) => `${sqlName(alias)}.${sqlName(column)} IS DISTINCT FROM (${value})`).join(" OR ");
  const left = verb === "delete" ? (slices.where ?? "true") : slices.where === null ? todo : `(${slices.where}) AND (${todo})`;
  const from = `${sqlTable(write.table)}${alias === bareName(write.table) ? "" : ` AS ${sqlName(alias)}`}${slices.from === null ? "" : `, ${slices.from}`}`;
  const fresh = (assigned ?? []).filter(({ column }) => added.has(columnOf(write.table, column))).map(({ column }) => column);
  const said = fresh.join(", ");
  const name = `fill-${label}`;
  const steps: Step[] = [
    backfill(name, `${verb === "delete" ? "rows go" : "rows get their values"}, a batch at a time`, {
      table: write.table,
      sql: piece.sql,
      verify: left,
      newWrites:
        fresh.length > 0
          ? `every version that serves writes ${said}`
          : "as with the migration itself: rows that come after it are the app's own",
      down: noWayBack(verb === "delete" ? "rows that are gone cannot be brought back" : "what stood in the rows before is not kept"),
    }),
    verify(
      `${name}-is-done`,
      "no row is left",
      `SELECT 1 FROM ${from} WHERE ${left} LIMIT 1`,
      `rows of ${table} are left: something writes them; run the backfill again`,
    ),
  ];
  const run = (opens: Phase["opens"], live: Phase["live"]): Phase =>
    phase("fill", `rows of ${table} from before follow`, live, opens, steps);
  if (fresh.length === 0) return [run([], "old and new")];
  return [
    phase(
      "writers",
      `the app writes ${said}`,
      "old",
      [],
      [
        deploy(`write-${label}`, `release a version that writes ${table}.${said}`, [
          `every INSERT and UPDATE gives ${said} of ${table} the value that old rows get`,
        ]),
      ],
    ),
    run([released(`write-${label}`, `writes ${table}.${said}`)], "new"),
  ];
}

/** Safe as it stands: nothing was found in it. */
function asItIs(piece: Piece, label: string): readonly Phase[] {
  if (piece.found)
    throw new PlanTrouble(
      `${piece.place}: no recipe for ${piece.words}, and it is not safe as it stands`,
      "`tread check` says what to do by hand: put it into a migration of its own, and plan the others",
    );
  const there = thereOf(piece.changes);
  return [
    phase(
      "as-it-is",
      "safe as it stands",
      "old and new",
      [],
      [
        together(`run-${label}`, "as the migration has it", [piece.sql], backOf(piece.changes), [
          { op: "sql", what: piece.words, applies: "both" },
        ]),
        ...(there === null ? [] : [verify(`ran-${label}`, "it is there", there, `${piece.words}: run the step before again`)]),
      ],
    ),
  ];
}

function backOf(changes: readonly Change[]): Undo {
  const [change, ...others] = changes;
  if (others.length === 0 && change?.kind === "create-relation") return undo(`DROP TABLE ${sqlTable(change.relation.name)}`);
  if (others.length === 0 && change?.kind === "create-type") return undo(`DROP TYPE ${sqlTable(change.type.name)}`);
  return noWayBack("the migration says no way back for it");
}

function thereOf(changes: readonly Change[]): string | null {
  const [change] = changes;
  if (change?.kind === "create-relation")
    return `SELECT 1 WHERE to_regclass('${sqlTable(change.relation.name).replaceAll("'", "''")}') IS NULL`;
  if (change?.kind === "create-type") return `SELECT 1 WHERE to_regtype('${sqlTable(change.type.name).replaceAll("'", "''")}') IS NULL`;
  return null;
}

/** Names are each once in the whole plan; conditions follow their steps. */
class Taken {
  readonly #phases = new Set<string>();
  readonly #steps = new Set<string>();

  named(label: string, phases: readonly Phase[]): readonly Phase[] {
    const clash = phases.some(({ name, steps }) => this.#phases.has(name) || steps.some((step) => this.#steps.has(kebab(step.name))));
    const called = (name: string): string => (clash && !name.endsWith(label) ? kebab(`${name}-${label}`) : kebab(name));
    return phases.map((one) => {
      const name = called(one.name);
      this.#phases.add(name);
      return {
        ...one,
        name,
        opens: one.opens.map((condition) => (condition.when === "released" ? { ...condition, step: called(condition.step) } : condition)),
        steps: one.steps.map((step) => {
          const own = called(step.name);
          this.#steps.add(own);
          return { ...step, name: own };
        }),
      };
    });
  }
}
