import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { Evidence, Severity } from "../model/report.ts";
import type { RuleContext } from "./rule.ts";
import { functionSentence, functionsNaming, triggerEvidence, triggerSentence, triggersNaming } from "./triggers.ts";
import { counted, list } from "./words.ts";

/** Who still uses what a statement takes away, and how bad that is. */
export interface Usage {
  readonly severity: Severity;
  /** A sentence for `why`, without a full stop. */
  readonly sentence: string;
  readonly liveVersions: readonly string[];
  readonly evidence: readonly Evidence[];
  /** True when a live version is known to send a query that fails. */
  readonly breaks: boolean;
}

/**
 * The verdict on taking something away, the same for columns, tables and names (design section 6): an error when a live version's
 * query breaks, and when no live version is known, because the version before this migration must then be presumed to use it.
 * A warning when the known versions do not: an instant drop is right after its stages, and a person must know that they are over.
 *
 * @param thing as it stands in a sentence, `the column`
 * @param names the table and, for columns, the columns: a query that contains the first two uses the thing
 */
export function usage(statement: JudgedStatement, context: RuleContext, thing: string, names: readonly string[]): Usage {
  const seen = context.breaks(statement);
  // What an earlier statement broke cannot break again: whether it uses this thing too is told by the names it contains.
  const breaks =
    seen.length > 0 ? seen : context.brokenEarlier(statement).filter((query) => names.slice(0, 2).every((name) => mentions(query, name)));
  const certain = breaks.filter((query) => query.use === "certain");
  const [table = "", ...columns] = names;
  const triggers = triggersNaming(statement, context, table, columns);
  const triggered = triggerSentence(triggers);
  const evidence = context.breakEvidence(certain.length > 0 ? certain : breaks);
  const liveVersions = [...new Set(breaks.map((query) => query.version))];
  if (certain.length > 0) {
    const versions = [...new Set(certain.map((query) => query.version))];
    return {
      severity: "error",
      sentence: `${counted(certain.length, "query", "queries")} of ${list(versions)} ${certain.length === 1 ? "fails" : "fail"} from this statement until the last server of that version is gone${triggered === null ? "" : `; ${triggered}`}`,
      liveVersions: versions,
      evidence: [...evidence, ...triggerEvidence(triggers)],
      breaks: true,
    };
  }
  if (triggered !== null) {
    return {
      severity: "error",
      sentence: `${triggered}, until the function no longer names it; replace it first`,
      liveVersions,
      evidence: [...evidence, ...triggerEvidence(triggers)],
      breaks: false,
    };
  }
  const called = functionSentence(functionsNaming(statement, context, table, columns));
  if (called !== null) {
    return {
      severity: "error",
      sentence: `${called}, and who calls it is not known; replace or drop the function first`,
      liveVersions,
      evidence,
      breaks: false,
    };
  }
  if (breaks.length > 0) {
    return {
      severity: "warning",
      sentence: `no code of ${list(liveVersions)} was seen to use ${thing}, but ${counted(breaks.length, "query", "queries")} that it can send would fail (a shell, an admin page, a cascade)`,
      liveVersions,
      evidence,
      breaks: false,
    };
  }
  if (context.liveVersions.length === 0) {
    return {
      severity: "error",
      sentence: `no live version is known, so the version before this migration is presumed to use ${thing}`,
      liveVersions: [],
      evidence: [],
      breaks: false,
    };
  }
  const again = context.visibleAfter(statement).relations.get(table);
  const taken = again !== undefined && columns.every((column) => again.columns.some(({ name }) => name === column));
  return {
    severity: "warning",
    sentence: taken
      ? `no query of ${list(context.liveVersions)} fails, because the name is there again when the transaction ends`
      : `no query of ${list(context.liveVersions)} uses ${thing} any more`,
    liveVersions: [],
    evidence: [],
    breaks: false,
  };
}

/** The transaction ends with the very table that it began with: ROLLBACK, or ROLLBACK TO, has undone what the statement did to it. */
export function isRolledBack(statement: JudgedStatement, context: RuleContext, table: string): boolean {
  const first = context.earlierInTransaction(statement)[0] ?? statement;
  const before = first.before.relations.get(table);
  return before !== undefined && context.visibleAfter(statement).relations.get(table) === before;
}

function mentions(query: VersionBreak, name: string): boolean {
  const bare = name.slice(name.lastIndexOf(".") + 1).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\w$])${bare}(?![\w$])`, "i").test(query.query);
}

/** What could not be read in the live versions and may use the table: a drop is then never called safe. */
export function unreadUses(
  context: RuleContext,
  tables: readonly string[],
): { readonly sentence: string; readonly evidence: readonly Evidence[] } | null {
  const unread = tables.flatMap((table) => context.dynamicAccess(table));
  const first = unread[0];
  if (first === undefined) return null;
  return {
    sentence: `${counted(unread.length, "place")} in ${list([...new Set(unread.map((access) => access.version))])} could not be read and may use it`,
    evidence: unread.slice(0, 3).map((access) => ({
      kind: "query",
      text: `${access.version}: ${access.span.file}:${access.span.line}: ${access.reason}`,
      from: "static",
      value: { version: access.version, reason: access.reason, span: access.span },
    })),
  };
}
