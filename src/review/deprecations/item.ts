import type { Database, Problem } from "../../model/migration.ts";
import type { UseKind } from "../drops/use-key.ts";

export type ItemVerdict = "droppable" | "blocked" | "unknown";
export type ItemKind = "column" | "table" | "m2m";

/** `tread.deprecations/1` (docs/formats.md). */
export interface DeprecationsReport {
  readonly format: "tread.deprecations/1";
  readonly tread: string;
  readonly environments: readonly { readonly name: string; readonly live: readonly string[]; readonly doubt: string | null }[];
  readonly items: readonly DeprecationItem[];
  readonly problems: readonly Problem[];
}

export interface DeprecationItem {
  readonly kind: ItemKind;
  /** `public.person.email`; of a table or a many-to-many field its table. */
  readonly name: string;
  readonly database: Database;
  /** False: nobody marked it, and no version that is live somewhere uses it. */
  readonly marked: boolean;
  readonly mark: { readonly by: string; readonly text: string; readonly place: string } | null;
  /** The first commit and release in whose tree the mark exists. */
  readonly since: { readonly commit: string | null; readonly release: string | null };
  readonly uses: readonly ItemUse[];
  readonly dependents: readonly string[];
  /** On disk, in the environment where it is largest; null where no profile tells. */
  readonly bytes: number | null;
  /** `24 bytes × 2,004,118,230 rows (scale profile of 21 November 2026, cloud)`. */
  readonly bytesFrom: string | null;
  readonly verdicts: Readonly<Record<string, ItemVerdict>>;
  /** Per environment what must happen before it may be dropped, the next step first. Empty where it is droppable. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
  /** Per environment the verdict in one sentence. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Per environment since when it could have been dropped (a day); null where it is not droppable or nothing tells. */
  readonly safeSince: Readonly<Record<string, string | null>>;
  /** What to know beside the verdicts: a key that was left behind, a drop that waits in a migration. */
  readonly notes: readonly string[];
}

export interface ItemUse {
  /** Name of the live version, or `working` for the working tree. */
  readonly version: string;
  readonly kind: UseKind;
  readonly query: string;
  /** `people/models.py:12`. */
  readonly place: string;
}
