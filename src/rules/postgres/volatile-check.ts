import type { Rule } from "../rule.ts";
import { constraintsAdded } from "../rule.ts";
import { named } from "../words.ts";

export const volatileCheck: Rule = {
  id: "volatile-check",
  summary: "a CHECK whose answer changes with time or settings: rows that were good no longer load",
  database: "postgres",
  kinds: ["create-relation", "add-constraint", "add-column"],
  check(statement, context) {
    if (context.effects(statement).error !== null) return [];
    return constraintsAdded(statement).flatMap(({ table, constraint }) => {
      const { expression } = constraint;
      // Many stable functions are stable in one overload only (length of a bytea in a given encoding): the clock is what moves.
      const moving = expression?.volatility === "volatile" || expression?.readsClock === true;
      if (constraint.kind !== "check" || expression === null || !moving) return [];
      return [
        {
          severity: expression.volatility === "volatile" ? ("warning" as const) : ("info" as const),
          about: `${table}.${constraint.name}`,
          message: `the CHECK on ${named(table)} does not say the same about a row at all times: ${expression.sql}`,
          label: `${expression.volatility}: depends on more than the row`,
          why: `Postgres takes a CHECK to be true for ever once a row has passed. With an expression that depends on the clock or on settings, a row that passed may no longer: a restore of a dump fails on it (SQLSTATE 23514), and so does an UPDATE of any other column of that row, years later`,
          help: "compare with a column of the row instead (a `created_at` that is written with it), or leave such a rule to the app or to a trigger on INSERT",
          evidence: [],
        },
      ];
    });
  },
};
