import type { SchemaState } from "../../model/schema.ts";
import type { Thing } from "./dependents.ts";
import type { Subject } from "./drop-place.ts";
import { placeOf } from "./place.ts";
import type { ObjectUse } from "./uses.ts";

/** What the working tree must do first, the next step first. */
export function beforeRelease(candidate: Subject, uses: readonly ObjectUse[]): string[] {
  const { declared, kind } = candidate;
  if (uses.length === 0) return [];
  const steps: string[] = [];
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
export function loosen(state: SchemaState, { table, column }: Subject): string[] {
  const found = column === null ? undefined : state.relations.get(table)?.columns.find(({ name }) => name === column);
  if (found === undefined || !found.notNull || found.generated !== null || found.identity !== null) return [];
  if (found.default !== null && !found.default.isNull) return [];
  const key = state.relations.get(table)?.constraints.some((c) => c.kind === "primary-key" && c.columns.includes(found.name)) === true;
  return key
    ? []
    : [`let ${found.name} be empty first (DROP NOT NULL, or a default in the database): a version that does not know it cannot fill it`];
}

export function sentenceOf(uses: readonly ObjectUse[], version: string): string {
  const first = uses[0];
  if (first === undefined) return `${version} uses it`;
  const verb = first.kind === "read" ? "reads" : first.kind === "write" ? "writes" : "deletes through";
  const orm =
    first.query.verb === "select" && /^\w+ \(/.test(first.query.origin)
      ? ` (the ORM's SELECT names it: ${originOf(first)})`
      : ` (${originOf(first)})`;
  return `${version} ${verb} it${orm}`;
}

/** Without the ref in front: the version is named beside it. */
function originOf({ version, query: { origin } }: ObjectUse): string {
  return origin.replace(`(${version}:`, "(").replace(new RegExp(`^${version.replaceAll(/[^\w]/g, String.raw`\$&`)}:`), "");
}

export function placesOf(uses: readonly ObjectUse[]): string {
  const places = [...new Set(uses.map(({ query }) => (query.span === null ? query.origin : placeOf(query.span))))];
  return places.slice(0, 3).join(", ") + (places.length > 3 ? ` and ${places.length - 3} more` : "");
}

export function shownName({ table, column }: Thing): string {
  return column === null ? table : `${table}.${column}`;
}
