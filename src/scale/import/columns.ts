import { nearest } from "../../text/nearest.ts";

export type Field =
  | "table"
  | "schema"
  | "rows"
  | "bytes"
  | "totalBytes"
  | "indexBytes"
  | "readsPerSecond"
  | "writesPerSecond"
  | "longestTransactionSeconds"
  | "column"
  | "type"
  | "nullFraction"
  | "distinct"
  | "averageBytes";

/** What a column of the rows may stand for, with the names that it often has (compared without case, blanks, dots and underscores). */
export const FIELDS: Readonly<Record<Field, readonly string[]>> = {
  table: ["table", "tablename", "relname", "relation", "relationname", "fulltablename", "qualifiedname", "objectname", "name"],
  schema: ["schema", "schemaname", "tableschema", "nspname", "namespace"],
  rows: [
    "rows",
    "rowcount",
    "rowcounts",
    "nrows",
    "numrows",
    "numberofrows",
    "rowestimate",
    "estimatedrows",
    "rowsestimate",
    "liverows",
    "nlivetup",
    "reltuples",
    "estimatedrowcount",
    "count",
    "tuples",
    "livetuples",
    "rowscount",
  ],
  bytes: [
    "bytes",
    "tablebytes",
    "tablesize",
    "tablesizebytes",
    "databytes",
    "datasize",
    "heapsize",
    "heapbytes",
    "size",
    "sizebytes",
    "sizeinbytes",
    "sizeonlytable",
  ],
  totalBytes: [
    "totalbytes",
    "totalsize",
    "totalsizebytes",
    "totalrelationsize",
    "pgtotalrelationsize",
    "sizewithindexes",
    "tablesizewithindexes",
  ],
  indexBytes: ["indexbytes", "indexsize", "indexsizebytes", "indexessize", "indexesbytes", "indexes", "indexessizebytes", "pgindexessize"],
  readsPerSecond: [
    "readspersecond",
    "readspersec",
    "reads",
    "readss",
    "readrate",
    "selectspersecond",
    "queriespersecond",
    "qps",
    "scanspersecond",
  ],
  writesPerSecond: ["writespersecond", "writespersec", "writes", "writess", "writerate", "insertspersecond", "tps"],
  longestTransactionSeconds: [
    "longesttransactionseconds",
    "longesttransaction",
    "longesttx",
    "maxtransactionseconds",
    "longestxact",
    "maxtransactionage",
  ],
  column: ["column", "columnname", "attname"],
  type: ["type", "datatype", "columntype"],
  nullFraction: ["nullfraction", "nullfrac", "nulls"],
  distinct: ["distinct", "ndistinct", "distinctvalues", "cardinality"],
  averageBytes: ["averagebytes", "avgwidth", "averagewidth", "avgbytes"],
};

export type Mapping = Readonly<Partial<Record<Field, string>>>;

export class ImportTrouble extends Error {
  override readonly name = "ImportTrouble";
  readonly help: string;
  readonly exitCode: number;
  constructor(message: string, help: string, exitCode = 2) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}

/**
 * Which column of the rows stands for what: as the reader says, else by its name.
 * @param found names of the rows' columns
 * @param said `rows` → `row_count`, from `--column`
 * @throws ImportTrouble naming what is missing and what there is
 */
export function mapColumns(found: readonly string[], said: Readonly<Record<string, string>>): Mapping {
  const mapping: Partial<Record<Field, string>> = {};
  const there = found.length === 0 ? "there are no columns" : `the columns are: ${found.join(", ")}`;
  for (const [field, column] of Object.entries(said)) {
    if (!isField(field)) {
      const meant = nearest(field, Object.keys(FIELDS));
      throw new ImportTrouble(
        `--column ${field}=${column}: there is nothing called ${field} in a profile${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
        `known: ${Object.keys(FIELDS).join(", ")}`,
      );
    }
    const exact = found.find((name) => name === column) ?? found.find((name) => bare(name) === bare(column));
    if (exact === undefined) throw new ImportTrouble(`--column ${field}=${column}: there is no column ${column}`, there);
    mapping[field] = exact;
  }
  const taken = new Set(Object.values(mapping));
  for (const field of Object.keys(FIELDS) as Field[]) {
    if (mapping[field] !== undefined) continue;
    const names: readonly string[] = FIELDS[field];
    // The first name that fits best, so that `table_name` wins over `name`.
    const match = names.flatMap((name) => found.filter((column) => bare(column) === name && !taken.has(column)))[0];
    if (match === undefined) continue;
    mapping[field] = match;
    taken.add(match);
  }
  if (mapping.table === undefined) throw new ImportTrouble("no column holds the tables' names", `${there}; say which: --column table=NAME`);
  const measures = (["rows", "bytes", "totalBytes", "readsPerSecond", "writesPerSecond", "column"] as const).some(
    (field) => mapping[field] !== undefined,
  );
  if (!measures) throw new ImportTrouble("no column holds a number of rows, a size or a rate", `${there}; say which: --column rows=NAME`);
  return mapping;
}

function isField(name: string): name is Field {
  return Object.hasOwn(FIELDS, name);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
