import type { JudgedStatement } from "../../model/judged.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { counted, givesValue, list, named } from "../words.ts";

/** What no more specific rule explains: whatever the statement is, a version that serves now fails after it. */
export const breaksLiveVersion: Rule = {
  id: "breaks-live-version",
  summary: "a query of a live version fails from this statement on",
  database: "postgres",
  check(statement, context) {
    const breaks = context.breaks(statement);
    const certain = breaks.filter((query) => query.use === "certain");
    const shown = certain.length > 0 ? certain : breaks;
    const first = shown[0];
    if (first === undefined) return presumed(statement, context);
    const versions = [...new Set(shown.map((query) => query.version))];
    return [
      {
        severity: certain.length > 0 ? "error" : "warning",
        message: `${counted(shown.length, "query", "queries")} of ${list(versions)} ${shown.length === 1 ? "fails" : "fail"} after this statement`,
        label: `${first.origin}: ${first.error}`,
        why:
          certain.length > 0
            ? `they work before it and fail after it with SQLSTATE ${[...new Set(shown.map((query) => query.sqlstate))].join(", ")}, for every user of ${list(versions)} until its last server is gone`
            : `no code of ${list(versions)} was seen to send them, but a shell, an admin page or a cascade would`,
        help: `change the schema so that both versions fit it, release a version that no longer sends these queries, and make this change after the last server of ${list(versions)} is gone`,
        evidence: [...context.breakEvidence(shown), ...context.evidence(statement)],
        liveVersions: versions,
      },
    ];
  },
};

/** Without a live version to ask, little can be told: who calls a function, or leaves a NOT NULL column to its default, fails without it. */
function presumed(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  if (context.liveVersions.length > 0) return [];
  return [...droppedFunctions(statement, context), ...droppedDefaults(statement, context), ...renamedTypes(statement, context)];
}

function droppedFunctions(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  const madeHere = (name: string): boolean =>
    context.release.some((judged) => changesOf(judged, "create-function").some((change) => change.function.name === name));
  return changesOf(statement, "drop-function")
    .filter((change) => !madeHere(change.name) && (statement.before.functions.has(change.name) || !statement.before.complete))
    .map((change) => ({
      severity: "warning",
      about: change.name,
      message: `dropping function ${named(change.name)}, which a version that serves may call`,
      why: "a query that calls it fails with SQLSTATE 42883 from here on; no live version is known, so nobody can tell whether one does",
      help: "drop it when no version calls it any more, or tell tread which versions serve (`live:` in tread.config.yaml), so that their queries are checked",
      evidence: [],
    }));
}

function renamedTypes(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  return changesOf(statement, "rename-type").flatMap((change): readonly Hazard[] => {
    // Another type took its name before anybody could see the gap: how an enum loses a value.
    if (context.visibleAfter(statement).types.has(change.name)) return [];
    const madeBy = statement.before.types.get(change.name)?.origin.migration ?? null;
    if (madeBy !== null && context.release.some((judged) => judged.migration.id === madeBy)) return [];
    return [
      {
        severity: "warning",
        about: change.name,
        message: `type ${named(change.name)} becomes ${named(change.to)}, and a version that serves may cast to the old name`,
        why: `a query that names it, and a driver that looks it up by name, fail with SQLSTATE 42704 from here on; no live version is known, so nobody can tell whether one does`,
        help: `keep the name, or tell tread which versions serve (\`live:\` in tread.config.yaml), so that their queries are checked`,
        evidence: [],
      },
    ];
  });
}

function droppedDefaults(statement: JudgedStatement, context: RuleContext): readonly Hazard[] {
  return changesOf(statement, "set-default").flatMap((change): readonly Hazard[] => {
    const column = context.column(statement, change.table, change.column);
    const after = context
      .visibleAfter(statement)
      .relations.get(change.table)
      ?.columns.find((candidate) => candidate.name === change.column);
    const hadOne = column?.notNull === true && givesValue(column.default);
    if (
      !hadOne ||
      change.default !== null ||
      (after !== undefined && (givesValue(after.default) || after.identity !== null || !after.notNull))
    )
      return [];
    if (!context.columnExistedBefore(statement, change.table, change.column)) return [];
    return [
      {
        // A number from a sequence is what an app leaves to the database; a constant it mostly knows itself.
        severity: column.default.volatility === "volatile" ? "warning" : "info",
        about: `${change.table}.${change.column}`,
        message: `${named(change.column)} of ${named(change.table)} loses its default and stays NOT NULL`,
        why: `an INSERT that does not name it fails with SQLSTATE 23502 from here on; no live version is known, so nobody can tell whether one does`,
        help: `keep the default, or tell tread which versions serve (\`live:\` in tread.config.yaml), so that their INSERTs are checked`,
        evidence: [],
      },
    ];
  });
}
