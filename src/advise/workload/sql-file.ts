import { AdviseError } from "../errors.ts";
import { nearest } from "../../text/nearest.ts";
import { parseFrequency } from "./frequency.ts";
import { scanSql, type ScannedStatement } from "./scan-sql.ts";
import type { WorkloadQuery } from "./workload.ts";

const KEYS = ["frequency", "name", "database"] as const;

export interface PartOfWorkload {
  readonly queries: readonly WorkloadQuery[];
  readonly notes: readonly string[];
  /** Its frequencies are rates. */
  readonly isRate: boolean;
}

/**
 * A `.sql` file: `-- tread: frequency=120/min name=funnel` before each query. A query without one counts once.
 * @throws AdviseError for an annotation that cannot be read, or one without a query
 */
export function readSqlWorkload(file: string, text: string): PartOfWorkload {
  const queries: WorkloadQuery[] = [];
  let without = 0;
  let rates = 0;
  for (const statement of scanSql(text)) {
    const annotation = annotationOf(file, statement);
    if (statement.sql === "") {
      if (annotation !== null)
        throw new AdviseError(
          `${file}:${annotation.line}: no query follows this annotation`,
          "put the query on the next line, or remove it",
        );
      continue;
    }
    if (annotation?.frequency === null || annotation === null) without++;
    if (annotation?.isRate === true) rates++;
    queries.push({
      name: annotation?.name ?? `query ${queries.length + 1}`,
      sql: statement.sql,
      frequency: annotation?.frequency ?? 1,
      database: annotation?.database ?? null,
      readRows: null,
      normalised: statement.placeholders.length > 0,
      file,
      line: statement.line,
    });
  }
  const notes =
    without === 0
      ? []
      : [
          `${file}: ${without} of ${queries.length} queries have no frequency and count once: write \`-- tread: frequency=120/min\` before them.`,
        ];
  return { queries, notes, isRate: rates > 0 };
}

interface Annotation {
  readonly line: number;
  readonly name: string | null;
  readonly frequency: number | null;
  readonly isRate: boolean;
  readonly database: string | null;
}

function annotationOf(file: string, statement: ScannedStatement): Annotation | null {
  let found: Annotation | null = null;
  for (const { text, line } of statement.comments) {
    const body = /^(?:--|#|\/\*)\s*tread\s*:(.*?)(?:\*\/)?$/s.exec(text)?.[1];
    if (body === undefined) continue;
    const fault = (message: string, help: string): never => {
      throw new AdviseError(`${file}:${line}: ${message}`, help);
    };
    for (const [key, value] of pairsOf(body, fault)) {
      found ??= { line, name: null, frequency: null, isRate: false, database: null };
      if (key === "name") found = { ...found, name: value };
      else if (key === "database") found = { ...found, database: value };
      else if (key === "frequency") {
        const frequency =
          parseFrequency(value) ?? fault(`frequency=${value} is no frequency`, "write 120/min, 2/s, 1/day, or a plain number");
        found = { ...found, frequency: frequency.value, isRate: frequency.isRate };
      } else {
        const meant = nearest(key, KEYS);
        fault(`tread knows no ${key} here`, meant === null ? `known are ${KEYS.join(", ")}` : `did you mean ${meant}?`);
      }
    }
    found ??= { line, name: null, frequency: null, isRate: false, database: null };
  }
  return found;
}

/** `frequency=120/min name="all of today"` */
function pairsOf(body: string, fault: (message: string, help: string) => never): [string, string][] {
  const pairs: [string, string][] = [];
  let rest = body.trim();
  while (rest !== "") {
    const match = /^([\w-]+)\s*=\s*("([^"]*)"|'([^']*)'|[^\s,]+)[\s,]*/.exec(rest);
    if (match === null) return fault(`“${rest.slice(0, 40)}” is not key=value`, "for example: -- tread: frequency=120/min name=funnel");
    pairs.push([match[1] ?? "", match[3] ?? match[4] ?? match[2] ?? ""]);
    rest = rest.slice(match[0].length);
  }
  return pairs;
}
