import type { Span } from "../../text/span.ts";
import type { PyNode } from "./python.ts";
import type { PyValue } from "./values.ts";

/** An operation of a migration as it was read. `model` and the like are as written. */
export type Operation = OperationBody & {
  /** Class as written, without its module: `AddField`, `SafeAddIndexConcurrently`. */
  readonly className: string;
  readonly node: PyNode;
  readonly span: Span;
  /** `AddField person.email`, for the reader. */
  readonly title: string;
};

export type OperationBody =
  | {
      readonly kind: "create-model";
      readonly name: string;
      readonly fields: readonly (readonly [string, PyValue])[];
      readonly options: Readonly<Record<string, PyValue>>;
      readonly bases: readonly PyValue[];
      readonly managers: readonly (readonly [string, PyValue])[];
    }
  | { readonly kind: "delete-model"; readonly name: string }
  | { readonly kind: "rename-model"; readonly name: string; readonly to: string }
  | { readonly kind: "alter-model-table"; readonly name: string; readonly table: string | null }
  | { readonly kind: "alter-model-table-comment"; readonly name: string; readonly comment: string | null }
  | { readonly kind: "alter-model-options"; readonly name: string; readonly options: Readonly<Record<string, PyValue>> }
  | { readonly kind: "alter-model-managers"; readonly name: string; readonly managers: readonly (readonly [string, PyValue])[] }
  | {
      readonly kind: "alter-together";
      readonly option: "unique_together" | "index_together";
      readonly name: string;
      readonly value: readonly (readonly string[])[];
    }
  | { readonly kind: "alter-order-with-respect-to"; readonly name: string; readonly field: string | null }
  | {
      readonly kind: "add-field" | "alter-field";
      readonly model: string;
      readonly name: string;
      readonly field: PyValue;
      readonly preserveDefault: boolean;
    }
  | { readonly kind: "remove-field"; readonly model: string; readonly name: string }
  | { readonly kind: "rename-field"; readonly model: string; readonly name: string; readonly to: string }
  | { readonly kind: "add-index"; readonly model: string; readonly index: PyValue; readonly concurrently: boolean }
  | { readonly kind: "remove-index"; readonly model: string; readonly name: string; readonly concurrently: boolean }
  | {
      readonly kind: "rename-index";
      readonly model: string;
      readonly to: string;
      readonly name: string | null;
      readonly fields: readonly string[] | null;
    }
  | { readonly kind: "add-constraint"; readonly model: string; readonly constraint: PyValue; readonly notValid: boolean }
  | { readonly kind: "remove-constraint"; readonly model: string; readonly name: string }
  | { readonly kind: "alter-constraint"; readonly model: string; readonly name: string; readonly constraint: PyValue }
  | { readonly kind: "validate-constraint"; readonly model: string; readonly name: string }
  | {
      readonly kind: "run-sql";
      readonly sql: PyValue;
      readonly sqlNode: PyNode | null;
      readonly reverse: PyValue | undefined;
      readonly stateOperations: readonly Operation[];
    }
  | {
      readonly kind: "run-python";
      readonly code: PyValue;
      readonly codeNode: PyNode | null;
      readonly reverse: PyValue | undefined;
      readonly atomic: boolean | null;
    }
  | { readonly kind: "separate"; readonly database: readonly Operation[]; readonly state: readonly Operation[] }
  | { readonly kind: "create-extension"; readonly name: string }
  | {
      readonly kind: "create-collation" | "remove-collation";
      readonly name: string;
      readonly locale: string;
      readonly provider: string;
      readonly deterministic: boolean;
    }
  /** Not understood. `touches` when at least the model is known. */
  | { readonly kind: "opaque"; readonly reason: string };

export type OperationOf<K extends Operation["kind"]> = Extract<Operation, { readonly kind: K }>;
