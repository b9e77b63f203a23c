import type { EngineError } from "../../model/effects.ts";

/**
 * What an error of a live version's query says about the version. A query that names what is not there can never work; one that met a
 * duplicate key met made-up values.
 */
export type FailureKind = "broken" | "values" | "server";

/** Errors of class 22 and 23 that follow from the schema and not from which values were chosen. */
const STRUCTURAL = new Set([
  "23502", // NULL, or nothing, for a column that is NOT NULL: the version sends what it sends
  "22P02", // a value that was valid for the column's old type is not for the new one; an enum label is gone
  "22007", // the same for dates
  "22P03",
  "0A000", // a view that cannot be written any more
  "428C9", // a value for a column that is generated now
  "55000", // the same for views without rules
  "2BP01",
  "25006",
]);

export function failureKind({ sqlstate, message }: EngineError): FailureKind {
  // A row that had a partition has none: the same SQLSTATE as a CHECK that made-up values may well violate, but not their doing.
  if (sqlstate === "23514" && message.startsWith("no partition of relation")) return "broken";
  if (STRUCTURAL.has(sqlstate)) return "broken";
  switch (sqlstate.slice(0, 2)) {
    // undefined column, table, function; datatype mismatch; ambiguous; insufficient privilege
    case "42":
    case "44":
      return "broken";
    case "21":
    case "22":
    case "23":
    case "2F":
    case "P0":
      return "values";
    default:
      return "server";
  }
}
