import type { OperationBody } from "./operation.ts";
import type { PyCall } from "./values.ts";
import { isKind } from "./values.ts";

/** How a report names an operation: its class and what it is about. */
export function title(className: string, call: PyCall, body?: OperationBody): string {
  switch (body?.kind) {
    case "create-model":
    case "delete-model":
    case "alter-model-table":
    case "alter-model-table-comment":
    case "alter-model-options":
    case "alter-model-managers":
    case "alter-together":
    case "alter-order-with-respect-to":
    case "create-extension":
    case "create-collation":
    case "remove-collation":
      return `${className} ${body.name}`;
    case "rename-model":
      return `${className} ${body.name} → ${body.to}`;
    case "add-field":
    case "alter-field":
    case "remove-field":
      return `${className} ${body.model}.${body.name}`;
    case "rename-field":
      return `${className} ${body.model}.${body.name} → ${body.to}`;
    case "add-index": {
      const name = isKind(body.index, "call") ? body.index.kwargs["name"] : null;
      return `${className} ${body.model}${typeof name === "string" ? `.${name}` : ""}`;
    }
    case "add-constraint": {
      const name = isKind(body.constraint, "call") ? body.constraint.kwargs["name"] : null;
      return `${className} ${body.model}${typeof name === "string" ? `.${name}` : ""}`;
    }
    case "remove-index":
    case "remove-constraint":
    case "alter-constraint":
    case "validate-constraint":
      return `${className} ${body.model}.${body.name}`;
    case "rename-index":
      return `${className} ${body.model}.${body.name ?? (body.fields ?? []).join("_")} → ${body.to}`;
    case "run-python": {
      const code = isKind(body.code, "lambda")
        ? "lambda"
        : isKind(body.code, "function") || isKind(body.code, "ref")
          ? (body.code.path.split(".").at(-1) ?? "")
          : "";
      return `${className} ${code}`.trimEnd();
    }
    case "run-sql":
    case "separate":
      return className;
    case "opaque":
    case undefined: {
      const first = call.args[0] ?? call.kwargs["model_name"] ?? call.kwargs["name"];
      return typeof first === "string" ? `${className} ${first}` : className;
    }
    default:
      return body satisfies never;
  }
}
