import * as z from "zod";
import type { Cluster } from "../../model/clickhouse/cluster.ts";

const replica = z.object({
  host: z.string(),
  roles: z.array(z.string()).default([]),
  macros: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
});

/** `tread.cluster/1`, as far as a check asks it. */
export const clusterFile: z.ZodType<Omit<Cluster, "file">> = z.object({
  format: z.literal("tread.cluster/1", { error: 'expected "tread.cluster/1"' }),
  clusters: z.array(
    z.object({
      name: z.string(),
      shards: z.array(
        z.object({
          name: z.union([z.string(), z.number()]).transform(String),
          internalReplication: z.boolean().default(true),
          replicas: z.array(replica),
        }),
      ),
    }),
  ),
  tables: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(["local", "read", "write", "view", "kafka", "dictionary"]),
        roles: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});
