import type { Finding } from "../../model/report.ts";
import type { Emission } from "./index.ts";
import { marksIn } from "./marks.ts";

/**
 * What `check` says about the files, answered in them where the plan is the answer: statements of tools that cannot run the plan
 * themselves run only on empty tables; and a warning (a person must judge) was judged when the plan was made, whose phases say when.
 * Errors of other files are left as they are: they are told.
 * @param findings of the project with the files in it
 */
export function withIgnores(emission: Emission, findings: readonly Finding[]): Emission {
  const { place, phases } = emission;
  const files = emission.files.map((file) => {
    const path = `${place.shown === "." ? "" : `${place.shown}/`}${file.file}`;
    const own = findings.filter(({ span, severity }) => span?.file === path && severity !== "info");
    const looks = file.text.includes("The file looks whether that was done.");
    if ((own.length === 0 && !looks) || file.changes === true) return file;
    const lines = file.text.split(place.newline);
    const sign = file.file.endsWith(".py") ? "#" : "--";
    const [mark] = marksIn(file.text);
    const conditions = phases.find(({ name }) => name === mark?.phase)?.opens ?? [];
    const ofThePlan = mark !== undefined && isOwn(phases, mark.phase, mark.step);
    const reason = looks
      ? `part of the plan ${mark?.plan ?? ""}: runs only while the tables are empty; elsewhere tread apply has done it`
      : `part of the plan ${mark?.plan ?? ""}${conditions.length === 0 ? "" : `, not before ${conditions.map(({ sentence }) => sentence).join("; ")}`}`;
    const above = new Map<number, Set<string>>();
    // Beside others of the same transaction, which may come later, it looks into the ledger while they hold their locks.
    const block = lines.findIndex((text) => text.startsWith("DO $tread$")) + 1;
    if (looks) above.set(block, new Set(["statement-after-access-exclusive"]));
    for (const { span, rule, severity } of own) {
      if (span === null || rule === "suppression" || (!looks && severity !== "warning" && !ofThePlan)) continue;
      const line = looks ? block : span.line;
      above.set(line, (above.get(line) ?? new Set()).add(rule));
    }
    for (const [line, rules] of [...above].sort(([a], [b]) => b - a)) {
      const indent = /^\s*/.exec(lines[line - 1] ?? "")?.[0] ?? "";
      lines.splice(line - 1, 0, ...[...rules].map((rule) => `${indent}${sign} tread-ignore ${rule}: ${reason}`));
    }
    return { ...file, text: lines.join(place.newline) };
  });
  return { ...emission, files };
}

/** Whether a step takes away only what the plan itself has made beside the app's schema: no version ever knew it. */
function isOwn(phases: Emission["phases"], name: string, of: string): boolean {
  const step = phases.find((phase) => phase.name === name)?.steps.find((each) => each.name === of);
  return step?.kind === "migrate" && step.operations.length > 0 && step.operations.every(({ applies }) => applies === "database");
}

/** Files as they would be, by absolute path: for a check before anything is written. */
export function overlayOf({ place, files }: Emission): ReadonlyMap<string, Uint8Array> {
  return new Map(files.map(({ file, text }) => [`${place.folder}/${file}`, new TextEncoder().encode(text)]));
}
