import { styleText } from "node:util";
import type { Severity, Verdict } from "../model/report.ts";

/** Colours by meaning. The caller decides whether there are any: nothing here looks at the terminal. */
export interface Style {
  readonly severity: (severity: Severity, text: string) => string;
  readonly verdict: (verdict: Verdict, text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly place: (text: string) => string;
  readonly secondary: (text: string) => string;
}

type Formats = Parameters<typeof styleText>[0];

export function styleFor(color: boolean): Style {
  const paint = (formats: Formats, text: string): string =>
    color && text !== "" ? styleText(formats, text, { validateStream: false }) : text;
  const severities = { error: ["red", "bold"], warning: ["yellow", "bold"], info: ["cyan", "bold"] } satisfies Record<Severity, Formats>;
  const verdicts = { safe: ["green", "bold"], unsafe: ["red", "bold"], unknown: ["yellow", "bold"] } satisfies Record<Verdict, Formats>;
  return {
    severity: (severity, text) => paint(severities[severity], text),
    verdict: (verdict, text) => paint(verdicts[verdict], text),
    bold: (text) => paint("bold", text),
    dim: (text) => paint("dim", text),
    place: (text) => paint("cyan", text),
    secondary: (text) => paint("blue", text),
  };
}
