import type { Report } from "../model/report.ts";
import type { Format } from "./format.ts";

/** `tread.report/1`, for programs; described in docs/formats.md and schemas/report.schema.json. */
export const json: Format = {
  name: "json",
  summary: "tread.report/1, for programs",
  render: (report: Report): string => `${printable(JSON.stringify(report, replacer, 2))}\n`,
};

/** Evidence may carry any value; a missing one is null, so that the field is always there. */
function replacer(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (key === "value" && value === undefined) return null;
  return value;
}

/** JSON leaves C1 controls and text-direction marks as they are; escaped they are the same data and cannot act on a terminal. */
export function printable(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
