import type { PyNode } from "../../sources/django/python.ts";
import type { Refusal } from "../contract.ts";
import type { Edit } from "../edits.ts";
import type { Follow, Proposal } from "../proposal.ts";
import type { Place, Read } from "../place.ts";
import type { FileWritten } from "../tools/tool.ts";
import type { PythonMigration } from "./python-file.ts";

/** One way to take a hazard out of a Django migration. One file per fix, one line in `fix/django/index.ts`. */
export interface DjangoFix {
  readonly id: string;
  readonly rules: readonly string[];
  /** Null: the finding is about an operation that this fix does not know. */
  propose(problem: DjangoProblem): DjangoRemedy | Refusal | null;
}

export interface DjangoProblem {
  readonly place: Place;
  readonly migration: PythonMigration;
  /** The element of `operations` that sends the statement; null where it stands deeper. */
  readonly operation: PyNode | null;
  readonly read: Read;
}

export interface DjangoRemedy {
  readonly kind: "remedy";
  readonly summary: string;
  readonly edits: readonly Edit[];
  readonly files?: readonly FileWritten[];
  readonly follow?: Follow;
  readonly notes?: readonly string[];
  readonly keepsDefault?: Proposal["keepsDefault"];
}
