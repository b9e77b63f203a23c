import type { Format } from "./format.ts";
import { github } from "./github.ts";
import { html } from "./html.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

export type FormatName = "text" | "json" | "sarif" | "github" | "markdown" | "html";

/** Every output format: one file and one line here. */
export const formats: Readonly<Record<FormatName, Format>> = { text, json, sarif, github, markdown, html };

export const formatNames: readonly FormatName[] = ["text", "json", "sarif", "github", "markdown", "html"];

export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

export type { Format, RenderOptions } from "./format.ts";
