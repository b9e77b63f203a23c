import type { HostIdentity, Probe } from "./topology.ts";

/**
 * A change of a cluster as ordered steps: which statement runs on which hosts, in which order, what each catalogue shows afterwards, and
 * why it stands where it stands. Made by `planCluster` from catalogues that were read; walked by `apply/cluster`.
 */
export interface ClusterPlan {
  readonly format: "tread.cluster-plan/1";
  /** Name of the environment, or null where the config has none. */
  readonly environment: string | null;
  readonly migrations: readonly PlannedMigration[];
  /** SHA-256 of what the walk relies on of the topology, hex: an approval is bound to it. */
  readonly topology: string;
  /** SHA-256 of everything that will run (migrations, topology, steps), hex: an approval is bound to it. */
  readonly hash: string;
  /** Every host of the topology, by name, as the plan knew it. */
  readonly hosts: readonly PlannedHost[];
  readonly steps: readonly ClusterStep[];
  readonly findings: readonly PlanFinding[];
  /** Per host and object that a step changes, the columns as they were: another list at the time of the walk is drift. */
  readonly before: readonly ObjectBefore[];
}

export interface PlannedMigration {
  readonly id: string;
  readonly path: string;
  /** SHA-256 of its file, hex. */
  readonly hash: string;
}

export interface PlannedHost {
  readonly name: string;
  readonly shard: string | null;
  /** Null: it did not say. A host that answers as another one is refused at the time of the walk. */
  readonly identity: HostIdentity | null;
  readonly reached: boolean;
}

export interface ObjectBefore {
  readonly host: string;
  readonly object: string;
  /** `name type` in order; null: the object was not there. */
  readonly columns: readonly string[] | null;
}

export type StepRole =
  | "database"
  | "local"
  | "buffer"
  | "read"
  | "write"
  | "view"
  | "queue"
  | "dictionary"
  | "function"
  | "other"
  | "check";

export interface ClusterStep {
  /** From 1, in the order of the walk. */
  readonly number: number;
  /** `expand`: old and new writers both work afterwards. `contract`: what was there is taken away. `change`: in place. */
  readonly phase: "expand" | "change" | "contract";
  readonly role: StepRole;
  /** `database.table`; null: the step is about no single one. */
  readonly object: string | null;
  readonly action: StepAction;
  /** Every catalogue is asked for these right before the step; one that does not hold stops it. */
  readonly requires: readonly Requirement[];
  /** What it does, in words: `adds the column plan`. */
  readonly effect: string;
  /** Why it stands here. */
  readonly why: string;
  readonly undo: Undo;
  readonly work: Work;
  /** Where the statement comes from; null: tread derived it. */
  readonly from: StepOrigin | null;
  /** Statements that bring a halted chain back on its feet, if this step turns out to have been too early. */
  readonly recovery: readonly string[];
}

export interface StepOrigin {
  readonly migration: string;
  /** Index of the statement in the migration, from 0. */
  readonly statement: number;
  readonly file: string;
  readonly line: number;
}

export type StepAction =
  | {
      readonly kind: "statement";
      readonly runs: readonly StepRun[];
      /**
       * Set: the hosts of one shard take it back to back, at a moment without inserts where there is one, and none of them takes it before
       * all of them answer. A shard of which only some have taken it is half swapped, and is finished before anything else.
       */
      readonly together?: "shard";
    }
  /** SYSTEM FLUSH DISTRIBUTED on every host for every table, then their queues must be empty and without an error. */
  | {
      readonly kind: "flush";
      readonly queues: readonly { readonly host: string; readonly table: string }[];
      /**
       * Tables that rows arrive through while the walk goes on: inserts into them that began earlier are waited for, then one flush of
       * each queue must succeed. What is queued after it was written by the new definition, and may lie there. Absent: the queues must
       * be empty.
       */
      readonly arriving?: readonly string[];
    }
  /** Waits until no query that began before the step names one of the columns of one of the tables. */
  | {
      readonly kind: "wait-for-queries";
      readonly hosts: readonly string[];
      readonly tables: readonly string[];
      /** Empty: any query on the tables. */
      readonly columns: readonly string[];
      /** Set: reads are not waited for. */
      readonly only?: "inserts";
    }
  /** Waits until every active part of the table holds the column on disk. */
  | { readonly kind: "parts-hold"; readonly hosts: readonly string[]; readonly table: string; readonly column: string }
  /** Copies what the mirror has not brought, partition by partition. */
  | { readonly kind: "copy-rows"; readonly hosts: readonly string[]; readonly move: KeyMove }
  /**
   * Counts and checksums of both tables per partition, on every replica. `copied`: what is lacking is copied. `swapped`: rows of inserts
   * that met the swap are brought to the side that lacks them.
   */
  | { readonly kind: "compare-rows"; readonly hosts: readonly string[]; readonly move: KeyMove; readonly after: "copied" | "swapped" }
  /** One row is sent as the cluster file says, must arrive once, and is cleaned up. */
  | {
      readonly kind: "send-probe";
      /** Any one of them takes the row. */
      readonly hosts: readonly string[];
      readonly probe: Probe;
      /** Where it has to arrive, and which hosts share the rows of it. */
      readonly arrival: string;
      readonly groups: readonly (readonly string[])[];
      /** Every table that the row reaches. */
      readonly reaches: readonly string[];
    }
  /** Both tables are kept alike until somebody ends it: `tread apply --end-undo-window` or `--undo`. */
  | { readonly kind: "undo-window"; readonly hosts: readonly string[]; readonly move: KeyMove };

/** A table that is made anew with another sorting or partition key, with everything that is made for that and goes again. */
export interface KeyMove {
  /** `database.table` that serves throughout. */
  readonly table: string;
  /** Before the swap the new table, after it the old one. */
  readonly other: string;
  /** Takes the parts of one old partition, by hard links: what is copied stands still. */
  readonly from: string;
  /** Takes rows in the new order, to be attached as a whole. */
  readonly into: string;
  /** Sends what is inserted into `table` to `other` as well. It goes by names, so it turns round with the swap; replication does not start it. */
  readonly mirror: string;
  readonly groups: readonly { readonly shard: string | null; readonly hosts: readonly string[]; readonly replicated: boolean }[];
  /** Stored columns, in order. */
  readonly columns: readonly string[];
  /** As the server wrote them before. */
  readonly sortingKey: string;
  readonly partitionKey: string;
  /** The new table has other partitions. */
  readonly partitionsDiffer: boolean;
  /** `rows`: every row counts. `final`: what is left of the rows of one key (ReplacingMergeTree). */
  readonly compares: "rows" | "final";
  /** Views that read `table`: a row that goes past them has to be brought to them too. */
  readonly readByViews: boolean;
}

/** One statement on one host. */
export interface StepRun {
  /** Name of the shard; null where it does not matter. */
  readonly shard: string | null;
  /** Any one of them runs it, the first that is healthy: replicas of one table. One host: that one. */
  readonly hosts: readonly string[];
  /** Hosts whose catalogue must show the effect before the step counts as done. */
  readonly seenOn: readonly string[];
  readonly sql: string;
  /** Of names that the statement leaves unqualified; null: it leaves none. */
  readonly database: string | null;
  readonly expects: readonly Expectation[];
  /** Set where replication carries it to the other hosts. */
  readonly replicated: boolean;
}

/** What a catalogue shows when a statement has been applied. */
export type Expectation =
  | {
      readonly kind: "column";
      readonly table: string;
      readonly column: string;
      readonly type: string | null;
      readonly defaultKind: string | null;
    }
  | { readonly kind: "no-column"; readonly table: string; readonly column: string }
  | { readonly kind: "table"; readonly table: string; readonly engine: string | null }
  | { readonly kind: "no-table"; readonly table: string }
  | { readonly kind: "database"; readonly database: string; readonly present: boolean }
  | { readonly kind: "function"; readonly name: string; readonly present: boolean }
  /** Names of a view's outputs in order, null where a star hides them; and its query in one spelling (`viewFingerprint`). */
  | { readonly kind: "query"; readonly view: string; readonly outputs: readonly string[] | null; readonly fingerprint: string }
  | { readonly kind: "index" | "projection" | "constraint"; readonly table: string; readonly name: string; readonly present: boolean }
  /** A mutation with this text that was created after the walk began: done on every replica. */
  | { readonly kind: "mutation"; readonly table: string; readonly command: string }
  /** The keys as the server writes them; `is` false: the table has others. */
  | { readonly kind: "key"; readonly table: string; readonly sortingKey: string; readonly partitionKey: string; readonly is: boolean }
  /** Tables have changed places: told by their UUIDs as the plan saw them. */
  | { readonly kind: "uuid"; readonly table: string; readonly uuid: string }
  /** The catalogue does not tell. `again`: a second run does no harm; `once`: the ledger alone says, and doubt needs a person. */
  | { readonly kind: "untold"; readonly rerun: "again" | "once" };

export type Requirement =
  | {
      readonly kind: "column-on";
      readonly hosts: readonly string[];
      readonly table: string;
      readonly columns: readonly string[];
      readonly because: string;
    }
  | {
      readonly kind: "no-column-on";
      readonly hosts: readonly string[];
      readonly table: string;
      readonly columns: readonly string[];
      readonly because: string;
    }
  | { readonly kind: "table-on"; readonly hosts: readonly string[]; readonly table: string; readonly because: string }
  | {
      readonly kind: "no-view-names";
      readonly hosts: readonly string[];
      readonly view: string;
      readonly columns: readonly string[];
      readonly because: string;
    }
  | {
      readonly kind: "queue-empty";
      readonly queues: readonly { readonly host: string; readonly table: string }[];
      readonly because: string;
      /** Rows keep arriving by the new definition: a flush that succeeds is enough. */
      readonly arriving?: true;
    };

export type Undo =
  | { readonly kind: "statement"; readonly sql: string; readonly note: string | null }
  | { readonly kind: "forward-only"; readonly why: string }
  /** A mutation that runs can be stopped; parts that are rewritten stay so. */
  | { readonly kind: "kill-mutation"; readonly table: string }
  | { readonly kind: "nothing" };

export interface Work {
  readonly kind: "metadata" | "mutation" | "none";
  /** Bytes that are read or written again on the largest replica; null: nobody knows. */
  readonly bytes: number | null;
  /** Milliseconds for one host; null: no basis for a number. Always an estimate. */
  readonly milliseconds: number | null;
}

export interface PlanFinding {
  readonly rule:
    | "forgotten-companion"
    | "on-cluster"
    | "host-unreachable"
    | "table-absent"
    | "definitions-differ"
    | "secrets-hidden"
    | "cannot-plan"
    | "ambiguous-table"
    | "view-in-the-way"
    | "rows-would-go"
    | "not-here"
    | "already-so"
    /** What tests could not show on a real server. */
    | "not-tried"
    /** Merges go by the sorting key: another key makes other rows of the same ones. */
    | "identity-changes"
    /** The cluster file describes a probe for the chain, and it cannot be sent as it stands. */
    | "no-probe"
    /** A name that others may still use goes in the same plan that brings the new one. */
    | "name-ends"
    | "consumption-gap"
    | "view-does-not-carry"
    | "topology-differs";
  /** `error` stops the walk until it is accepted or gone. */
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly help: string;
  readonly migration: string | null;
  readonly statement: number | null;
}
