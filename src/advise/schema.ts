import * as z from "zod";
import type { Advice, Candidate } from "./advice.ts";

const number = z.number().nonnegative();

const candidate: z.ZodType<Candidate> = z.object({
  orderBy: z.array(z.string()).describe("Elements of the sorting key; empty for `tuple()`."),
  marks: number.describe("Σ frequency × marks over the queries."),
  bytesRead: number.describe("Σ frequency × uncompressed bytes read over the queries."),
  bytesOnDisk: number.describe("Compressed data and primary index of the whole table."),
  queries: z.array(z.object({ name: z.string(), frequency: number, marks: number.describe("Marks that one run reads.") })),
  notes: z.array(z.string()),
});

const advice: z.ZodType<Advice> = z
  .object({
    format: z.literal("tread.advice/1"),
    table: z.string(),
    sample: z.object({
      rows: number,
      of: number.nullable().describe("Rows of the whole table; null where nobody said."),
      assumed: number.describe("Rows of the table that marks and bytes are scaled to."),
      from: z.enum(["file", "server", "synthetic"]),
      partsPerPartition: number,
    }),
    current: candidate.nullable().describe("The present key; null where it could not be measured."),
    candidates: z.array(candidate).describe("Best first; the present key is among them."),
    unserved: z.array(
      z.object({
        query: z.string(),
        remedy: z.string(),
        sql: z.array(z.string()),
        marks: number,
        marksWithRemedy: number.nullable(),
      }),
    ),
    remarks: z.array(
      z.object({
        kind: z.enum(["identity", "partition-by", "low-cardinality", "codec", "nullable", "sample", "workload", "key"]),
        text: z.string(),
        from: z.enum(["sample", "estimate", "schema", "workload"]),
      }),
    ),
    steps: z.array(z.object({ title: z.string(), why: z.string(), sql: z.array(z.string()) })),
    workload: z.object({
      measured: number,
      elsewhere: z.array(z.string()),
      unmeasured: z.array(z.object({ query: z.string(), reason: z.string(), at: z.string() })),
    }),
    search: z.object({ keys: number, complete: z.boolean(), engine: z.string() }),
  })
  .meta({ title: "tread.advice/1" });

/** JSON Schema (2020-12) of `tread.advice/1`; `schemas/advice.schema.json` is its rendering. */
export function adviceJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(advice, { io: "input" }) as Record<string, unknown>;
}
