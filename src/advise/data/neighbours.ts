import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import { keyExpression } from "../analyse/key-expression.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { type Lab, quoteName, quoteText, unlessRefused } from "../engine/lab.ts";
import { quoted } from "../measure/bench.ts";
import type { ColumnDefinition, Neighbour } from "../table/definition.ts";
import { ROWS } from "./rows.ts";
import { numbersIn, stringsIn } from "./synthetic.ts";

/** Rows of another table that the workload reads. */
export const NEIGHBOUR_ROWS = 1000;
/** Every tenth row fulfils a condition with a constant. */
const MATCHING = 10;

/**
 * Other tables that queries of the workload read are filled: what is compared with the table's own columns holds values of these, and a
 * tenth of the rows fulfils conditions with constants. Empty, they would make every `IN (SELECT …)` prune everything.
 * @returns the tables that hold rows, and what a reader must know
 */
export async function fillNeighbours(
  lab: Lab,
  neighbours: readonly Neighbour[],
  analysed: readonly Analysed[],
): Promise<{ readonly filled: ReadonlySet<string>; readonly notes: readonly string[] }> {
  const filled = new Set<string>();
  const notes: string[] = [];
  const named = new Set(analysed.flatMap(({ reads }) => [...reads.tables]));
  for (const neighbour of neighbours) {
    if (neighbour.kind !== "table" || !named.has(neighbour.name)) continue;
    const stored = neighbour.columns.filter((column) => column.kind === "stored");
    const linked: string[] = [];
    const values = stored.map((column, index) => {
      const link = analysed
        .flatMap(({ reads }) => reads.links)
        .find(({ other }) => other.table === neighbour.name && other.column === column.name);
      const expression = link === undefined ? null : keyExpression(link.on);
      if (expression !== null) {
        linked.push(`${column.name} with values of ${expression}`);
        const list = `(SELECT groupArray(v) FROM (SELECT DISTINCT ${expression} AS v FROM ${ROWS} WHERE isNotNull(v) ORDER BY cityHash64(v) LIMIT ${NEIGHBOUR_ROWS}))`;
        return `CAST(arrayElement(${list}, 1 + number % length(${list})) AS ${column.type})`;
      }
      return constantValue(neighbour.name, column, index, analysed);
    });
    const inserted = await unlessRefused(
      lab.text(
        `INSERT INTO ${quoted(neighbour.name)} (${stored.map(({ name }) => quoteName(name)).join(", ")}) SELECT ${values.join(", ")} FROM numbers(${NEIGHBOUR_ROWS})`,
      ),
    );
    if (inserted instanceof ClickHouseError) {
      notes.push(
        `${neighbour.name} could not be filled (${inserted.message.slice(0, 120)}): conditions through it prune as if nothing matched.`,
      );
      continue;
    }
    filled.add(neighbour.name);
    notes.push(
      `${neighbour.name} was not sampled: it holds ${NEIGHBOUR_ROWS} made-up rows${linked.length === 0 ? "" : `, ${linked.join(", ")}`}; one in ${MATCHING} fulfils a condition with a constant. What joins and subqueries select of ${neighbour.name} is assumed.`,
    );
  }
  return { filled, notes };
}

/** A tenth of the rows hold a value that a query asks for; the rest the type's default. */
function constantValue(table: string, column: ColumnDefinition, index: number, analysed: readonly Analysed[]): string {
  const otherwise = `defaultValueOfTypeName(${quoteText(column.type)})`;
  const conditions = analysed
    .flatMap(({ reads }) => reads.elsewhere)
    .filter(({ other }) => other.table === table && other.column === column.name);
  const [condition] = conditions;
  if (condition === undefined) return otherwise;
  const isText = /String|UUID|Enum|Date|IP/.test(column.type);
  const constants = conditions.flatMap((own) => own.constants);
  const texts = constants.flatMap((constant) => (isText ? stringsIn(constant).map(quoteText) : numbersIn(constant)));
  const wanted = texts.length > 0 ? [...new Set(texts)] : constants.flatMap((constant) => numbersIn(constant));
  const [first] = wanted;
  if (first === undefined) return otherwise;
  const value = wanted.length === 1 ? first : `arrayElement([${wanted.join(", ")}], 1 + intDiv(number, ${MATCHING}) % ${wanted.length})`;
  const cast = `CAST(${value} AS ${column.type})`;
  // A bound itself is not beyond it.
  const beyond =
    condition.operator === "range" && !/String|UUID|Enum/.test(column.type) ? `if(number % 2 = 0, ${cast} + 1, ${cast} - 1)` : cast;
  return `if((number + ${index}) % ${MATCHING} = 0, CAST(${beyond} AS ${column.type}), ${otherwise})`;
}
