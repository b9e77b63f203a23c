/** `tread.advice/1`: what `tread advise` found. Documented in docs/formats.md; `schemas/advice.schema.json` is its JSON Schema. */
export interface Advice {
  readonly format: "tread.advice/1";
  /** `database.table` */
  readonly table: string;
  readonly sample: {
    /** Rows that the keys were measured on. */
    readonly rows: number;
    /** Rows of the whole table; null where nobody said. Marks are then those of a table of `assumed` rows. */
    readonly of: number | null;
    readonly assumed: number;
    readonly from: "file" | "server" | "synthetic";
    readonly partsPerPartition: number;
  };
  /** The present key. Null where it could not be measured. */
  readonly current: Candidate | null;
  /** Best first. The present key is among them where it is one of the best. */
  readonly candidates: readonly Candidate[];
  readonly unserved: readonly Unserved[];
  readonly remarks: readonly Remark[];
  /** The way from the present key to the first candidate; empty where the present key stays. */
  readonly steps: readonly Step[];
  readonly workload: {
    /** Queries that were measured. */
    readonly measured: number;
    /** Queries of other tables: named, not measured. */
    readonly elsewhere: readonly string[];
    /** Queries of this table that could not be measured, each with the reason. */
    readonly unmeasured: readonly { readonly query: string; readonly reason: string; readonly at: string }[];
  };
  readonly search: {
    /** Keys that were built. */
    readonly keys: number;
    /** False: the time was up, or the engine gone, before everything promising had been tried. */
    readonly complete: boolean;
    readonly engine: string;
  };
}

/** A sorting key, with what the workload reads under it. Everything is scaled to the whole table. */
export interface Candidate {
  readonly orderBy: readonly string[];
  /** Σ frequency × marks over the queries. */
  readonly marks: number;
  /** Σ frequency × bytes over the queries. */
  readonly bytesRead: number;
  /** Compressed data and primary index of the table. */
  readonly bytesOnDisk: number;
  readonly queries: readonly { readonly name: string; readonly frequency: number; readonly marks: number }[];
  /** What else must be known before it is chosen: its identity, what it needs. */
  readonly notes: readonly string[];
}

export interface Unserved {
  readonly query: string;
  /** What would serve it, with what it was measured to read. */
  readonly remedy: string;
  /** Statements of the remedy; empty where it is no statement. */
  readonly sql: readonly string[];
  /** Marks that one run reads under the first candidate, and with the remedy. */
  readonly marks: number;
  readonly marksWithRemedy: number | null;
}

export interface Remark {
  readonly kind: "identity" | "partition-by" | "low-cardinality" | "codec" | "nullable" | "sample" | "workload" | "key";
  readonly text: string;
  /** `sample`: measured on the sampled rows; `estimate`: extrapolated. */
  readonly from: "sample" | "estimate" | "schema" | "workload";
}

export interface Step {
  readonly title: string;
  readonly why: string;
  readonly sql: readonly string[];
}
