import type { JudgedStatement } from "../../model/judged.ts";
import type { VersionWrite } from "../../model/query.ts";
import { bareName } from "../../model/schema.ts";
import type { CopiedColumn } from "../copies.ts";
import { copiedColumns, triggerInStep } from "../copies.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { count, groupBy, list, named, namedList, newName, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const divergingData: Rule = {
  id: "diverging-data",
  summary: "a backfill copies a column once while a version that serves goes on writing the original alone",
  database: "postgres",
  kinds: ["write"],
  check(statement, context) {
    const copies = groupBy(
      copiedColumns(statement, context).filter((copy) => isLive(copy, statement, context)),
      // Rows are copied whole: one finding for all of their columns.
      ({ table, column, rows }) => (rows ? table : `${table}.${column}`),
    );
    return [...copies.values()].flatMap((sources) => {
      const hazard = judge(sources, statement, context);
      return hazard === null ? [] : [hazard];
    });
  },
};

/** A version that serves can know the original, and still finds it when the statement's transaction has ended. */
function isLive({ from }: CopiedColumn, statement: JudgedStatement, context: RuleContext): boolean {
  if (!context.columnExistedBefore(statement, from.relation, from.column)) return false;
  const relation = context.visibleAfter(statement).relations.get(from.relation);
  return relation === undefined ? !statement.before.complete : relation.columns.some(({ name }) => name === from.column);
}

function judge(sources: readonly CopiedColumn[], statement: JudgedStatement, context: RuleContext): Hazard | null {
  const [copy] = sources;
  if (copy === undefined) return null;
  const { table, column } = copy;
  const end = context.release.at(-1)?.after ?? statement.after;
  const trigger = sources.map((source) => triggerInStep(statement.before, source)).find((name) => name !== null) ?? null;
  const triggerLater = sources.map((source) => triggerInStep(end, source)).find((name) => name !== null) ?? null;
  if (trigger !== null && triggerLater !== null) return null;
  if (triggerLater !== null && isRepeated(copy, statement, context)) return null;
  const fills = copy.rows ? context.versionWrites(table).filter(({ verb }) => verb !== "delete") : writesOf(context, table, column);
  const aware = new Set(fills.map((write) => write.version));
  const writes = sources
    .flatMap((source) => writesOf(context, source.from.relation, source.from.column))
    .filter(({ version }) => !aware.has(version));
  const certain = writes.filter(({ query }) => query.use === "certain");
  const versions = [...new Set((certain.length > 0 ? certain : writes).map(({ version }) => version))];
  const presumed = context.liveVersions.length === 0;
  if (presumed ? !isNew(copy, statement, context) : versions.length === 0) return null;
  const originals = namedList([
    ...new Set(sources.map(({ from }) => (from.relation === table ? from.column : `${bareName(from.relation)}.${from.column}`))),
  ]);
  const target = copy.rows ? `rows of ${named(table)} are` : `${named(column)} of ${named(table)} is`;
  const who = presumed ? "the version before" : list(versions);
  const gap =
    trigger !== null
      ? `Trigger ${named(trigger)} keeps it in step, and is gone at the end of this release, while ${who} may still serve.`
      : triggerLater !== null
        ? `Trigger ${named(triggerLater)} comes after the copy: what is written between the two is missed.`
        : null;
  return {
    severity: presumed || certain.length === 0 ? "warning" : "error",
    about: copy.rows ? table : `${table}.${column}`,
    message: presumed
      ? `${target} copied from ${originals} once, and the version before is presumed to go on writing ${originals} alone`
      : `${target} copied from ${originals} once, and ${who} ${versions.length === 1 ? "goes" : "go"} on writing ${originals} alone`,
    label: "what is written after this is missed",
    why: sentences(
      copy.rows
        ? `Rows that ${who} ${versions.length > 1 ? "insert or change" : "inserts or changes"} after this statement have no counterpart in ${named(table)}, or an old one, until its last server is gone.`
        : `Rows that ${who} ${versions.length > 1 ? "insert" : "inserts"} after this statement have no ${named(column)}, and rows that it changes keep the old one, until its last server is gone.`,
      gap,
      "Nothing fails: the two columns differ, and who reads the new one sees it weeks later.",
      presumed && "No live version is known; with `live:` in tread.config.yaml its INSERTs and UPDATEs are read.",
    ),
    help: help(statement, copy, sources.length, who),
    evidence: [...writeEvidence(certain.length > 0 ? certain : writes, sources)],
    liveVersions: versions,
  };
}

function writesOf(context: RuleContext, table: string, column: string): readonly VersionWrite[] {
  return context.versionWrites(table).filter((write) => write.serves === "now" && write.columns.includes(column));
}

/** A later pass, made while a trigger is in place, catches up with what this one misses. */
function isRepeated({ table, column }: CopiedColumn, statement: JudgedStatement, context: RuleContext): boolean {
  const later = context.release.slice(context.release.indexOf(statement) + 1);
  return later.some((other) =>
    copiedColumns(other, context).some(
      (again) => again.table === table && again.column === column && triggerInStep(other.before, again) !== null,
    ),
  );
}

/** No version that serves can know a column that this release adds. */
function isNew({ table, column }: CopiedColumn, statement: JudgedStatement, context: RuleContext): boolean {
  return context.existedBefore(statement, table) && !context.columnExistedBefore(statement, table, column);
}

function help(statement: JudgedStatement, copy: CopiedColumn, sources: number, who: string): string {
  const { table, column, from } = copy;
  if (from.relation !== table) {
    return `write both first: a trigger on ${named(from.relation)} that writes ${named(table)} too, or a version of the app that does; then copy in batches; and drop the trigger in a later migration, when the last server of ${who} is gone`;
  }
  const [t, c, a] = [sqlTable(table), sqlName(column), sqlName(from.column)];
  const routine = sqlName(newName(bareName(table), column, "in_step"));
  const value = sources === 1 ? `NEW.${a}` : "…";
  return [
    sayTo(statement, {
      sql: "a trigger first, in a migration of its own and before the copy:",
      django: "a trigger first, through `migrations.RunSQL` in a migration of its own and before the copy (its DROP as `reverse_sql`):",
    }),
    `CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $$`,
    "BEGIN -- the same expression as in the copy; a value that the app itself writes is left alone",
    `  IF TG_OP = 'INSERT' THEN NEW.${c} := coalesce(NEW.${c}, ${value});`,
    `  ELSIF NEW.${c} IS NOT DISTINCT FROM OLD.${c} THEN NEW.${c} := ${value};`,
    "  END IF;",
    "  RETURN NEW;",
    "END $$;",
    `CREATE TRIGGER ${routine} BEFORE INSERT OR UPDATE ON ${t} FOR EACH ROW EXECUTE FUNCTION ${routine}();`,
    "-- then the copy, in batches; and in a later migration, when the last server that does not write both is gone:",
    `DROP TRIGGER ${routine} ON ${t};`,
    `DROP FUNCTION ${routine}();`,
  ].join("\n");
}

function writeEvidence(writes: readonly VersionWrite[], sources: readonly CopiedColumn[]): Hazard["evidence"] {
  const unique = [...new Map(writes.map((write) => [`${write.version} ${write.query.sql}`, write])).values()];
  const more = unique.length - 3;
  const [copy] = sources;
  const target = copy === undefined ? "" : named(copy.rows ? copy.table : copy.column);
  return [
    ...unique.slice(0, 3).map(({ version, query, verb, table, columns }) => {
      const originals = sources
        .filter(({ from }) => from.relation === table && columns.includes(from.column))
        .map(({ from }) => from.column);
      return {
        kind: "query" as const,
        text: `${version}: ${query.origin}: its ${verb.toUpperCase()} on ${named(table)} names ${namedList([...new Set(originals)])}, and ${version} writes no ${target}`,
        from: "static" as const,
        value: { version, origin: query.origin, query: query.sql },
      };
    }),
    ...(more <= 0
      ? []
      : [
          {
            kind: "query" as const,
            text: `and ${count(more)} more like ${more === 1 ? "it" : "them"}`,
            from: "static" as const,
            value: { more },
          },
        ]),
  ];
}
