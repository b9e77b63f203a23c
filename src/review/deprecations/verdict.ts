import type { EnvironmentView } from "../../check/environment-view.ts";
import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { Problem } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import type { SchemaState } from "../../model/schema.ts";
import { dependentsOf, tryDrop, type Dependent } from "./dependents.ts";
import type { ItemVerdict } from "./item.ts";
import type { Candidate } from "./objects.ts";
import { placeOf } from "./place.ts";
import { names, type ObjectUse, type VersionUses } from "./uses.ts";

/** Everything that one environment knows about the question. */
export interface Place {
  readonly view: EnvironmentView;
  readonly engine: PostgresEngine;
  /** Live here, oldest first. */
  readonly live: readonly VersionUses[];
  /** The working tree: its app and the raw SQL in it. */
  readonly next: readonly VersionUses[];
  /** Nothing is on record as live here: what is to be done about that, or null. Then nothing is known. */
  readonly nothing: string | null;
  /** Why nothing can be called safe here: something could not be read at all. */
  readonly doubts: readonly string[];
  /** Names of releases, which retire; others are queries that somebody must change. */
  readonly isRelease: (name: string) => boolean;
  /** The text that a problem is about; null where it cannot be had. */
  readonly textOf: (problem: Problem) => string | null;
}

export interface Judgement {
  readonly verdict: ItemVerdict;
  readonly missing: readonly string[];
  readonly reason: string;
  readonly uses: readonly ObjectUse[];
  readonly dependents: readonly Dependent[];
  readonly notes: readonly string[];
  /** The schema here does not have it: it is dropped already. */
  readonly absent?: boolean;
}

/**
 * Whether a thing may be dropped in one environment. It is `droppable` only when everything is known: what is live, that none of it and
 * not the working tree reads, writes or deletes it, that nothing dynamic may, that nothing in the database is in the way, and that the
 * drop itself would work and leave every query of theirs working.
 */
export function judge(place: Place, candidate: Candidate): Judgement {
  const { view } = place;
  const state = view.start;
  const shown = shownName(candidate);
  const { live, next } = place;
  const used = usesOf(live, candidate);
  const nextUsed = usesOf(next, candidate);
  const uses = [...used.certain, ...nextUsed.certain];
  const notes: string[] = [];
  if (place.nothing !== null) {
    const missing = [place.nothing, ...place.doubts];
    return { verdict: "unknown", missing, reason: `not known: ${place.nothing}`, uses, dependents: dependentsOf(state, candidate), notes };
  }
  const absent = whenAbsent(place, candidate);
  if (absent !== null) return { ...absent, uses, dependents: [], notes };

  const blocked: string[] = [];
  const unknown: string[] = [...place.doubts];
  const because: string[] = [];
  const dependents = dependentsOf(state, candidate);

  const users = live.filter(({ version }) => used.certain.some((use) => use.version === version.name));
  const newest = live.findLast(({ version }) => version.migrations !== null && version.onRecord !== false);
  if (nextUsed.certain.length > 0) {
    blocked.push(...beforeRelease(state, candidate, nextUsed.certain));
    because.push(sentenceOf(nextUsed.certain, "the working tree"));
  } else if (newest !== undefined && users.includes(newest)) {
    blocked.push(...loosen(state, candidate), `release a version that no longer uses ${shown} (the working tree does not)`);
  }
  for (const { version } of users) {
    const own = used.certain.filter((use) => use.version === version.name);
    because.push(sentenceOf(own, version.name));
    blocked.push(place.isRelease(version.name) ? retire(view, version.name) : `take it out of ${version.name} (${placesOf(own)})`);
  }
  const certain = new Set(uses.map((use) => use.version));
  const versions = [...new Set([...used.latent, ...nextUsed.latent].map((use) => use.version))].filter((name) => !certain.has(name));
  // Another field's table, seldom asked for, names the columns of this one as well: where the model is read, that says nothing new.
  if (versions.length > 0 && certain.size === 0) {
    notes.push(
      candidate.kind === "m2m"
        ? `${list(versions)} ${versions.length === 1 ? "has" : "have"} the field in the models and no code uses it or deletes on either side; a delete by hand (a shell) would query the table until the field has left the models`
        : `no code of ${list(versions)} was seen to use it, though it could be asked for by hand`,
    );
  }

  for (const version of [...live, ...next]) {
    for (const access of version.version.dynamic) {
      if (access.tables.length > 0 && !access.tables.includes(candidate.table)) continue;
      unknown.push(`look at ${placeOf(access.span)} (${nameOf(version.version)}): ${access.reason}`);
    }
    for (const { query, reason } of version.unread(candidate.table, candidate.column)) {
      unknown.push(`look at ${query.span === null ? query.origin : placeOf(query.span)} (${nameOf(version.version)}): ${reason}`);
    }
    unknown.push(...unreadPlaces(version.version, candidate, place.textOf));
  }
  for (const dependent of dependents) {
    if (dependent.step === null || dependent.effect === "goes-along") continue;
    if (dependent.effect === "unread") unknown.push(dependent.step);
    else {
      const migration = goneBy(view, candidate, dependent);
      blocked.push(migration === null ? dependent.step : `apply ${migration}, which takes ${dependent.text} away`);
      because.push(`${dependent.text} depends on it`);
    }
  }
  for (const reason of opaqueBefore(view, candidate)) unknown.push(reason);
  if (blocked.length === 0) {
    const { error, after } = tryDrop(place.engine, state, candidate, view.environment.postgres);
    if (error !== null) {
      blocked.push(`make way for the drop: ${error}`);
      because.push(`Postgres refuses the drop: ${error}`);
    } else blocked.push(...brokenBy(place, candidate, state, after));
  }
  const verdict = blocked.length > 0 ? "blocked" : unknown.length > 0 ? "unknown" : "droppable";
  const missing = [...new Set(verdict === "droppable" ? [] : [...blocked, ...unknown])];
  const drop = droppedBy(view, candidate);
  if (verdict === "droppable" && drop !== null) notes.push(`${drop} drops it`);
  const reason =
    verdict === "droppable"
      ? `safe to drop now: nothing that is live in ${view.environment.name} uses it`
      : verdict === "blocked"
        ? `not yet: ${because[0] ?? missing[0] ?? ""}`
        : `not known: ${unknown[0] ?? ""}`;
  return { verdict, missing, reason, uses, dependents, notes };
}

function usesOf(
  versions: readonly VersionUses[],
  { table, column }: Candidate,
): { certain: readonly ObjectUse[]; latent: readonly ObjectUse[] } {
  const all = versions.flatMap((version) => version.of(table, column));
  return { certain: all.filter(({ query }) => query.use === "certain"), latent: all.filter(({ query }) => query.use === "latent") };
}

/** What the working tree must do first, the next step first. */
function beforeRelease(state: SchemaState, candidate: Candidate, uses: readonly ObjectUse[]): string[] {
  const { declared, kind } = candidate;
  const steps = loosen(state, candidate);
  // What the ORM derives from the model has the model's name in front of its place; SQL that somebody wrote has not.
  const elsewhere = uses.filter(({ query }) => /^[^\s(]+:\d+$/.test(query.origin));
  if (declared !== null) {
    const what = `${declared.owner}${declared.field === null ? "" : `.${declared.field}`}`;
    const at = placeOf(declared.span);
    if (kind === "m2m") {
      const places = [
        ...new Set(uses.map(({ query }) => (query.usedAt === null ? null : placeOf(query.usedAt))).filter((one) => one !== null)),
      ];
      steps.push(
        places.length === 0
          ? `remove the field ${what} (${at}) from the model and release`
          : `stop using ${what} (${places.slice(0, 3).join(", ")}), or take it out of the model, and release`,
      );
    } else
      steps.push(
        `remove the ${kind === "column" ? "field" : "model"} ${what} (${at}) from the ${kind === "column" ? "model" : "code"} and release`,
      );
  }
  const raw = declared === null ? uses : elsewhere;
  if (raw.length > 0) steps.push(`take it out of ${placesOf(raw)} and release`);
  return steps;
}

/** A version that does not know the column cannot fill it: the database must be able to do without. */
function loosen(state: SchemaState, { table, column }: Candidate): string[] {
  const found = column === null ? undefined : state.relations.get(table)?.columns.find(({ name }) => name === column);
  if (found === undefined || !found.notNull || found.generated !== null || found.identity !== null) return [];
  if (found.default !== null && !found.default.isNull) return [];
  const key = state.relations.get(table)?.constraints.some((c) => c.kind === "primary-key" && c.columns.includes(found.name)) === true;
  return key
    ? []
    : [`let ${found.name} be empty first (DROP NOT NULL, or a default in the database): a version that does not know it cannot fill it`];
}

function retire(view: EnvironmentView, name: string): string {
  return view.environment.onRecord?.by === "window" ? `raise \`supports\` above ${name}` : `retire ${name}`;
}

/** What is to be said when the schema here does not have the thing, or null when it has. */
function whenAbsent({ view }: Place, candidate: Candidate): Omit<Judgement, "uses" | "dependents" | "notes"> | null {
  if (has(view.start, candidate)) return null;
  const { name } = view.environment;
  const dropping = view.applied.find(({ statements }) =>
    statements.some(({ changes }) => changes.some((change) => drops(change, candidate))),
  );
  if (dropping !== undefined) return { verdict: "droppable", missing: [], reason: `dropped already: ${dropping.id} is applied in ${name}` };
  const adding = view.judged.flat().find(({ before, after }) => !has(before, candidate) && has(after, candidate));
  if (adding !== undefined) {
    return {
      verdict: "blocked",
      missing: [`apply ${adding.migration.id}`],
      reason: `not there yet: ${adding.migration.id} is not applied in ${name}`,
    };
  }
  const table = view.start.relations.get(candidate.table);
  const what = table === undefined || candidate.column === null ? candidate.table : shownName(candidate);
  return {
    verdict: "unknown",
    missing: [`show tread where ${what} comes from: no migration that was read creates it (--schema FILE, \`base:\` on the source)`],
    reason: `not known: no migration that was read creates ${what}`,
  };
}

function has(state: SchemaState, { table, column }: Candidate): boolean {
  const relation = state.relations.get(table);
  return relation !== undefined && (column === null || relation.columns.some(({ name }) => name === column));
}

function drops(
  change: { readonly kind: string } & Partial<Record<"name" | "table" | "column", unknown>>,
  { table, column }: Candidate,
): boolean {
  if (change.kind === "drop-relation") return change.name === table;
  return change.kind === "drop-column" && change.table === table && change.column === column;
}

/** The migration that waits to be applied here and drops the thing. */
function droppedBy(view: EnvironmentView, candidate: Candidate): string | null {
  return view.judged.flat().find(({ before, after }) => has(before, candidate) && !has(after, candidate))?.migration.id ?? null;
}

/** The migration that waits here and takes a dependent away, before the thing itself goes. */
function goneBy(view: EnvironmentView, candidate: Candidate, dependent: Dependent): string | null {
  let last: string | null = null;
  for (const { migration, after } of view.judged.flat()) {
    if (!has(after, candidate)) return last;
    if (last === null && !dependentsOf(after, candidate).some(({ text, effect }) => text === dependent.text && effect === "in-the-way"))
      last = migration.id;
  }
  return last;
}

interface Opaque {
  readonly text: string;
  /** Null: anything. */
  readonly tables: readonly string[] | null;
}

const opaque = new WeakMap<EnvironmentView, readonly Opaque[]>();

/** Statements that nobody could read and that may have made something which hangs on it. */
function opaqueBefore(view: EnvironmentView, { table }: Candidate): string[] {
  let all = opaque.get(view);
  if (all === undefined) {
    all = view.applied.flatMap(opaqueIn);
    opaque.set(view, all);
  }
  return all
    .filter(({ tables }) => tables === null || tables.includes(table))
    .slice(0, 5)
    .map(({ text }) => `${text}; it may have made something that uses ${table}`);
}

function opaqueIn({ id, builtIn, statements }: EnvironmentView["applied"][number]): Opaque[] {
  if (builtIn === true) return [];
  return statements.flatMap((statement): Opaque[] => {
    const { kind, syntaxError, changes, suppressions, span } = statement;
    const judged = suppressions.some(({ rule, reason }) => rule === "opaque-code" && reason !== null);
    // What Python does with rows makes no views; what it sends as text is read as SQL.
    if (judged || kind === "code" || (statement.opaque === null && syntaxError === null)) return [];
    const mayTouch = changes.flatMap((change) => (change.kind === "opaque" ? [change.mayTouch] : []));
    const known = mayTouch.filter((tables) => tables !== null);
    const tables = mayTouch.length > 0 && known.length === mayTouch.length ? known.flat() : null;
    return [{ text: `look at ${id} (${placeOf(span)}): ${statement.opaque ?? syntaxError?.message ?? ""}`, tables }];
  });
}

/** Queries that would fail after the drop: what reading them missed, the binder finds. */
function brokenBy({ engine, live, next }: Place, { table }: Candidate, before: SchemaState, after: SchemaState): string[] {
  for (const version of [...live, ...next]) {
    for (const query of new Set(version.of(table, null).map((use) => use.query))) {
      if (query.use !== "certain") continue;
      if (engine.bind(query, after).kind === "fails" && engine.bind(query, before).kind !== "fails")
        return [`take it out of ${nameOf(version.version)}: \`${query.sql.slice(0, 80)}\` (${query.origin}) would fail`];
    }
  }
  return [];
}

/** Problems of a version that hide code from us: counted where the text, or what can be read of it, names the thing. */
function unreadPlaces(version: LiveVersion, { table, column }: Candidate, textOf: Place["textOf"]): string[] {
  const bare = table.slice(table.indexOf(".") + 1);
  return version.problems.flatMap((problem) => {
    const { code, message, span, fatal } = problem;
    const where = span === null ? nameOf(version) : `${placeOf(span)} (${nameOf(version)})`;
    if (fatal) return [`look at ${where}: ${message}`];
    if (!/^(?:unreadable|too-large|syntax|raw-sql-not-understood)$/.test(code)) return [];
    const text = textOf(problem);
    if (text !== null && !names(text, bare) && (column === null || !names(text, column))) return [];
    return [`look at ${where}: ${message}`];
  });
}

function sentenceOf(uses: readonly ObjectUse[], version: string): string {
  const first = uses[0];
  if (first === undefined) return `${version} uses it`;
  const verb = first.kind === "read" ? "reads" : first.kind === "write" ? "writes" : "deletes through";
  const orm =
    first.query.verb === "select" && /^\w+ \(/.test(first.query.origin)
      ? ` (the ORM's SELECT names it: ${first.query.origin})`
      : ` (${first.query.origin})`;
  return `${version} ${verb} it${orm}`;
}

function placesOf(uses: readonly ObjectUse[]): string {
  const places = [...new Set(uses.map(({ query }) => (query.span === null ? query.origin : placeOf(query.span))))];
  return places.slice(0, 3).join(", ") + (places.length > 3 ? ` and ${places.length - 3} more` : "");
}

function nameOf(version: LiveVersion): string {
  return version.name === "working" ? "the working tree" : version.name;
}

function shownName({ table, column }: Candidate): string {
  return column === null ? table : `${table}.${column}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
