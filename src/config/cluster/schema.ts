import * as z from "zod";

/** A cluster file as written, after its shape was checked. */
export interface RawCluster {
  readonly format: "tread.cluster/1";
  readonly clusters: readonly RawDefinition[];
  readonly tables?: readonly RawTable[] | null | undefined;
  readonly probes?: readonly RawProbe[] | null | undefined;
  readonly environments?: readonly string[] | null | undefined;
}

export interface RawDefinition {
  readonly name: string;
  readonly keeper?: { readonly id: string; readonly oldestNode?: string | null | undefined } | null | undefined;
  readonly shards: readonly {
    readonly name: string | number;
    readonly weight?: number | undefined;
    readonly internalReplication?: boolean | undefined;
    readonly replicas: readonly RawHost[];
  }[];
}

export interface RawHost {
  readonly host: string;
  readonly httpPort?: number | undefined;
  readonly nativePort?: number | undefined;
  readonly tls?: boolean | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly macros?: Readonly<Record<string, string | number>> | null | undefined;
  readonly serverUuid?: string | null | undefined;
}

export interface RawTable {
  readonly name: string;
  readonly kind: "local" | "read" | "write" | "view" | "kafka" | "dictionary";
  readonly roles?: readonly string[] | undefined;
  readonly family?: string | null | undefined;
  readonly columnsOnlyHere?: readonly string[] | undefined;
}

export interface RawProbe {
  readonly family: string;
  readonly into: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly reserved: { readonly column: string; readonly value: string | number };
  readonly cleanUp?: readonly string[] | undefined;
}

const text = z.string().min(1, { error: "must not be empty" });
const port = z
  .int({ error: "expected a port from 1 to 65535" })
  .min(1, { error: "expected a port from 1 to 65535" })
  .max(65535, { error: "expected a port from 1 to 65535" });
const table = z.string().regex(/^[^.\s]+\..+$/, { error: "expected database.table" });

const host = z
  .strictObject({
    host: text.describe("Its name, as tread reaches it: ch-1.example.org."),
    httpPort: port.describe("Of its HTTP interface, which tread asks. Default: 8123, with `tls` 8443.").optional(),
    nativePort: port.describe("Of its native protocol, as `system.clusters` names it. Default: not compared.").optional(),
    tls: z.boolean().describe("HTTPS. Default: false.").optional(),
    roles: z.array(text).describe("What it is for: data, ingestion, coordinator. Tables name the roles whose hosts hold them.").optional(),
    macros: z
      .record(text, z.union([z.string(), z.number()], { error: "expected text" }))
      .nullable()
      .describe("As the host must say them (system.macros). Default: not compared.")
      .optional(),
    serverUuid: text
      .nullable()
      .describe("`serverUUID()`, as adopted: a host that answers with another one is refused. Default: not compared.")
      .optional(),
  })
  .describe("One server. Users and passwords do not stand here: they come from the environment, or from a file of their own.");

const shard = z.strictObject({
  name: z.union([text, z.number()], { error: "expected text" }).describe("Its name: what the macro `shard` says, in quotes."),
  weight: z.number().min(0).describe("As in `remote_servers`. Default: 1.").optional(),
  internalReplication: z.boolean().describe("Distributed tables write to one replica, and replication copies. Default: true.").optional(),
  replicas: z.array(host).min(1, { error: "a shard has at least one replica" }),
});

const definition = z.strictObject({
  name: text.describe("As `remote_servers` and `ON CLUSTER` name it."),
  keeper: z
    .strictObject({
      id: text.describe("Clusters with the same id share a Keeper."),
      oldestNode: text.nullable().describe("As adopted: tells this Keeper from another. Default: not compared.").optional(),
    })
    .nullable()
    .describe("Which Keeper its hosts talk to. Default: not said.")
    .optional(),
  shards: z.array(shard).min(1, { error: "a cluster has at least one shard" }),
});

const declared = z.strictObject({
  name: table.describe("database.table."),
  kind: z
    .enum(["local", "read", "write", "view", "kafka", "dictionary"])
    .describe("local: holds rows. read, write: Distributed tables. kafka: any queue."),
  roles: z.array(text).describe("Hosts with one of these roles hold it. Default: every host.").optional(),
  family: text.nullable().describe("Tables of one chain share it. Default: told from their definitions.").optional(),
  columnsOnlyHere: z.array(text).describe("Columns that stand on these hosts and in no migration. Default: none.").optional(),
});

const probe = z
  .strictObject({
    family: text,
    into: table.describe("The table that takes the row."),
    row: z.record(text, z.unknown()).describe("One row; `{probe_id}` in a value becomes the probe's mark."),
    reserved: z
      .strictObject({ column: text, value: z.union([z.string(), z.number()], { error: "expected text or a number" }) })
      .describe("What marks a row as a probe's."),
    cleanUp: z.array(text).describe("Statements that remove it again. Never a mutation on a large table.").optional(),
  })
  .describe("How one row may be sent through a chain to see it arrive. Without one, no row is ever inserted.");

const cluster: z.ZodType<RawCluster> = z
  .strictObject({
    format: z.literal("tread.cluster/1", { error: 'expected "tread.cluster/1"' }),
    clusters: z.array(definition).min(1, { error: "at least one cluster; a single server is a cluster of one shard and one replica" }),
    tables: z.array(declared).nullable().describe("Which tables there are, and on which hosts. Default: as the hosts say.").optional(),
    probes: z.array(probe).nullable().optional(),
    environments: z.array(text).nullable().describe("Names of the environments it is for. Default: not said.").optional(),
  })
  .meta({ title: "tread.cluster", description: "The hosts of ClickHouse clusters, and what each is for. No credentials." });

/** JSON Schema (2020-12) of a cluster file; `schemas/cluster.schema.json` is its rendering. */
export function clusterJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(cluster, { io: "input" }) as Record<string, unknown>;
}

/** What is wrong with the shape of a cluster file, in zod's words. Empty when nothing is. */
export function clusterIssues(value: unknown): readonly z.core.$ZodIssue[] {
  return cluster.safeParse(value).error?.issues ?? [];
}
