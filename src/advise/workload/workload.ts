/** One query of a workload, as it was written down. */
export interface WorkloadQuery {
  /** Given, or `query 3`; unique within the workload. */
  readonly name: string;
  readonly sql: string;
  /** Runs per minute where the file gives a rate; else how often the query counts against the others. */
  readonly frequency: number;
  /** Database of unqualified names, or null: the table's own. */
  readonly database: string | null;
  /** Rows that it read on the server, on average, or null. */
  readonly readRows: number | null;
  /** Literals were taken out: `?` stands for each. */
  readonly normalised: boolean;
  readonly file: string;
  readonly line: number;
}

export interface Workload {
  readonly queries: readonly WorkloadQuery[];
  /** What a reader must know of how it was read. */
  readonly notes: readonly string[];
}
