import type { NotFixed, Proposal } from "../proposal.ts";
import { isWorthwhile, type Place, type Read } from "../place.ts";
import { offsetOf } from "../text-file.ts";
import { addConstraintNotValid } from "./add-constraint-not-valid.ts";
import { addIndexConcurrently } from "./add-index-concurrently.ts";
import type { DjangoFix } from "./contract.ts";
import { dbDefault } from "./db-default.ts";
import { readyPython } from "./loaded-python.ts";
import { readPythonMigration } from "./python-file.ts";

/** Every fix of Django migrations, in the order in which they are tried on a finding. */
const DJANGO_FIXES: readonly DjangoFix[] = [addIndexConcurrently, addConstraintNotValid, dbDefault];

/** Findings that SQL files get a fix for and Django's do not, with the reason. */
const BY_HAND: Readonly<Record<string, string>> = {
  "add-unique-constraint": "Django has no operation that makes a UNIQUE constraint from an index built concurrently",
  "add-foreign-key-validated": "Django has no operation that adds a foreign key NOT VALID",
  "validate-in-same-transaction": "operations are not moved from one migration to another",
  "set-not-null": "Django has no operation that proves NOT NULL before it is set",
  "missing-lock-timeout": "one setting for all migrations is better than a line in each",
};

export async function proposeDjango(place: Place, read: Read): Promise<Proposal | NotFixed | null> {
  const { finding, file, judged } = place;
  const fixes = DJANGO_FIXES.filter((fix) => fix.rules.includes(finding.rule));
  const not = (reason: string, byHand: string): NotFixed => ({ kind: "not-fixed", finding, reason, byHand });
  if (!isWorthwhile(place, finding.rule === "drop-index-blocking")) return null;
  const byHand = BY_HAND[finding.rule];
  if (fixes.length === 0) return byHand === undefined ? null : not(byHand, finding.help);
  await readyPython();
  const migration = file === null ? null : await readPythonMigration(file);
  if (file === null || migration === null) return not("the file could not be read as a migration", finding.help);
  const { span } = judged.statement;
  const at = offsetOf(file, span.line, span.column);
  const operation = migration.operations?.find((node) => node.start === at && node.type === "call") ?? null;
  for (const fix of fixes) {
    const remedy = fix.propose({ place, migration, operation, read });
    if (remedy === null) continue;
    if (remedy.kind === "refused") return not(remedy.reason, remedy.byHand);
    return {
      kind: "proposal",
      fix: fix.id,
      finding,
      migration: judged.migration,
      file,
      summary: remedy.summary,
      notes: remedy.notes ?? [],
      edits: remedy.edits,
      files: remedy.files ?? [],
      follow: remedy.follow ?? null,
      keepsDefault: remedy.keepsDefault ?? null,
      last: false,
    };
  }
  return null;
}
