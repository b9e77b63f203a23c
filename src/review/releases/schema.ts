import * as z from "zod";

/** A `tread.releases.yaml` as written, after its shape was checked. */
export interface RawReleases {
  readonly format: "tread.releases/1";
  readonly releases: readonly RawRelease[];
}

export interface RawRelease {
  readonly name: string;
  readonly version?: string | undefined;
  readonly ref?: string | undefined;
  readonly commit?: string | undefined;
  readonly path?: string | undefined;
  readonly root?: string | undefined;
  readonly released: string;
  readonly environments?:
    | Readonly<Record<string, { readonly live: string; readonly retired?: string | null | undefined }>>
    | null
    | undefined;
}

const text = z.string().min(1, { error: "must not be empty" });

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const date = z.string({ error: "expected a date such as 2026-11-03" }).regex(DATE, { error: "expected a date such as 2026-11-03" });

const deployment = z
  .strictObject({
    live: date.describe("Since when it serves there."),
    retired: date.nullable().describe("When its last server there was gone; null while it serves. Default: null.").optional(),
  })
  .describe("Where the release was deployed.");

const release = z
  .strictObject({
    name: text.describe("Name of the release in reports, unique: v1.43."),
    version: text.describe("Its version, where the name is not one: needed where an environment declares `supports`.").optional(),
    ref: text.describe("A git ref that holds the app, read from git's objects without a checkout.").optional(),
    commit: z
      .string()
      .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, { error: "expected the full hash of a commit (40 hexadecimal digits)" })
      .describe("The commit that `ref` named when the release was recorded.")
      .optional(),
    path: text.describe("Or a folder that holds this release's app, relative to this file.").optional(),
    root: text.describe("Folder of the app inside of `ref`. Default: that of the source.").optional(),
    released: date.describe("When it was released."),
    environments: z.record(text, deployment).nullable().describe("By name of the environment. Default: deployed nowhere.").optional(),
  })
  .meta({ oneOf: [{ required: ["ref"] }, { required: ["path"] }] })
  .describe("One released version of the app.");

const releases: z.ZodType<RawReleases> = z
  .strictObject({
    format: z.literal("tread.releases/1", { error: 'expected "tread.releases/1"' }),
    releases: z.array(release),
  })
  .meta({ title: "tread.releases", description: "Which releases of the app are live where. Dates are days or RFC 3339." });

/** JSON Schema (2020-12) of `tread.releases.yaml`; `schemas/releases.schema.json` is its rendering. */
export function releasesJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(releases, { io: "input" }) as Record<string, unknown>;
}

/** What is wrong with the shape of a record, in zod's words. Empty when nothing is. */
export function releasesIssues(value: unknown): readonly z.core.$ZodIssue[] {
  return releases.safeParse(value).error?.issues ?? [];
}
