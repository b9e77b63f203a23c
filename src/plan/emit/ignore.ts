import type { Finding } from "../../model/report.ts";
import type { Emission } from "./index.ts";

/**
 * What `check` says about the files of tools that cannot run the plan themselves is true of statements that run only on empty tables:
 * those lines say so. Files of other tools are left as they are: a finding in them is told.
 * @param findings of the project with the files in it
 */
export function withIgnores(emission: Emission, findings: readonly Finding[]): Emission {
  const files = emission.files.map((file) => {
    if (!file.text.includes("The file looks whether that was done.")) return file;
    const path = `${emission.place.shown === "." ? "" : `${emission.place.shown}/`}${file.file}`;
    const rules = [...new Set(findings.filter(({ span, severity }) => span?.file === path && severity !== "info").map(({ rule }) => rule))];
    if (rules.length === 0) return file;
    const lines = rules.map((rule) => `-- tread-ignore ${rule}: runs only while the tables are empty; elsewhere tread apply has done it`);
    return {
      ...file,
      text: file.text.replace(/^DO \$tread\$/m, `${lines.join(emission.place.newline)}${emission.place.newline}DO $tread$`),
    };
  });
  return { ...emission, files };
}

/** Files as they would be, by absolute path: for a check before anything is written. */
export function overlayOf({ place, files }: Emission): ReadonlyMap<string, Uint8Array> {
  return new Map(files.map(({ file, text }) => [`${place.folder}/${file}`, new TextEncoder().encode(text)]));
}
