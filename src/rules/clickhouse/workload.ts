/** One query of the workload or of a live version, as far as a sorting key is concerned. */
export interface WorkloadQuery {
  /** As the reader knows it: its name in the workload, or where a live version sends it from. */
  readonly name: string;
  /** `database.table`. */
  readonly table: string;
  /** Columns, and expressions over columns, that a condition of every row compares with a value: what a key can serve. */
  readonly filters: readonly string[];
  /** `120/min`; null where nobody says. */
  readonly frequency: string | null;
}
