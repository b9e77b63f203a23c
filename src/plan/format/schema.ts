import * as z from "zod";
import type { Plan } from "../types.ts";

const text = z.string().min(1, { error: "must not be empty" });
const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: "expected lower case letters, digits and dashes" });
const relation = z.string().regex(/^[^.]+\.[^.]+$/, { error: "expected a table with its schema, such as public.person" });
const sentence = text.describe("For people.");

const undo = z.discriminatedUnion(
  "possible",
  [
    z.strictObject({ possible: z.literal(true), transaction: z.boolean(), sql: z.array(text) }),
    z.strictObject({ possible: z.literal(false), why: text }),
  ],
  { error: "expected { possible: true, transaction, sql } or { possible: false, why }" },
);

const column = z.strictObject({
  name: text,
  type: text,
  notNull: z.boolean(),
  default: text.nullable(),
  identity: z.enum(["always", "by-default"]).nullable(),
  generated: text.nullable(),
});

const indexKey = z.strictObject({ column: text.nullable(), expression: text.nullable(), descending: z.boolean() });

const constraint = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("check"), name: text, expression: text }),
  z.strictObject({ kind: z.literal("not-null"), name: text, column: text }),
  z.strictObject({ kind: z.enum(["unique", "primary-key"]), name: text, columns: z.array(text).min(1), usingIndex: text.nullable() }),
  z.strictObject({
    kind: z.literal("foreign-key"),
    name: text,
    columns: z.array(text).min(1),
    references: z.strictObject({ table: relation, columns: z.array(text) }),
    onDelete: text,
    deferrable: z.boolean(),
    initiallyDeferred: z.boolean(),
  }),
]);

const applies = z.enum(["both", "state", "database"]);
const operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.enum(["add-column", "alter-column"]), table: relation, column, applies }),
  z.strictObject({ op: z.literal("drop-column"), table: relation, column: text, applies }),
  z.strictObject({ op: z.literal("rename-column"), table: relation, column: text, to: text, applies }),
  z.strictObject({ op: z.literal("rename-table"), table: relation, to: relation, applies }),
  z.strictObject({ op: z.literal("drop-table"), table: relation, applies }),
  z.strictObject({
    op: z.literal("add-index"),
    table: relation,
    name: text,
    unique: z.boolean(),
    method: text,
    keys: z.array(indexKey),
    include: z.array(text),
    where: text.nullable(),
    concurrently: z.boolean(),
    applies,
  }),
  z.strictObject({ op: z.literal("drop-index"), table: relation, name: text, concurrently: z.boolean(), applies }),
  z.strictObject({ op: z.literal("rename-index"), table: relation, name: text, to: text, applies }),
  z.strictObject({ op: z.literal("add-constraint"), table: relation, constraint, notValid: z.boolean(), applies }),
  z.strictObject({ op: z.enum(["validate-constraint", "drop-constraint"]), table: relation, name: text, applies }),
  z.strictObject({ op: z.literal("sql"), what: text, applies }),
]);

const operations = z.array(operation);
const step = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("migrate"),
    name,
    summary: sentence,
    transaction: z.boolean(),
    sql: z.array(text),
    down: undo,
    operations,
  }),
  z.strictObject({
    kind: z.literal("backfill"),
    name,
    summary: sentence,
    table: relation,
    key: z.array(text),
    batch: z.int().positive().nullable(),
    sql: text,
    verify: text,
    newWrites: text,
    down: undo,
  }),
  z.strictObject({ kind: z.literal("deploy"), name, summary: sentence, code: z.array(text).min(1), operations }),
  z.strictObject({ kind: z.literal("wait"), name, summary: sentence, until: text }),
  z.strictObject({ kind: z.literal("verify"), name, summary: sentence, sql: text, otherwise: text }),
  z.strictObject({ kind: z.literal("approve"), name, summary: sentence, why: text }),
]);

const condition = z.discriminatedUnion("when", [
  z.strictObject({ when: z.literal("unused"), what: text, sentence }),
  z.strictObject({ when: z.literal("released"), step: name, sentence }),
  z.strictObject({ when: z.literal("waited"), hours: z.number().positive(), sentence }),
]);

const phase = z.strictObject({
  name,
  summary: sentence,
  opens: z.array(condition),
  live: z.enum(["old", "old and new", "new"]),
  steps: z.array(step).min(1, { error: "must hold at least one step" }),
});

const origin = z.strictObject({ migration: text, path: text, statement: z.int().nonnegative(), rule: text.nullable() });

const plan: z.ZodType<Plan> = z
  .strictObject({
    format: z.literal("tread.plan/1", { error: 'expected "tread.plan/1"' }),
    name,
    database: z.enum(["postgres", "clickhouse"]),
    change: text,
    from: origin.nullable(),
    recipe: text,
    majors: z.array(z.int().positive()),
    unsafe: z.array(text),
    phases: z.array(phase).min(1, { error: "must hold at least one phase" }),
    notes: z.array(text),
  })
  .meta({ title: "tread.plan", description: "A change as a sequence of phases, each safe by itself." });

/** JSON Schema (2020-12) of a plan. */
export function planJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(plan, { io: "input" }) as Record<string, unknown>;
}

/** What is wrong with the shape, in zod's words. Empty when nothing is. */
export function planIssues(value: unknown): readonly z.core.$ZodIssue[] {
  return plan.safeParse(value).error?.issues ?? [];
}
