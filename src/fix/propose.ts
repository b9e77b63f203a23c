import { resolve } from "node:path";
import type { JudgedStatement } from "../model/judged.ts";
import type { Statement } from "../model/migration.ts";
import type { Finding } from "../model/report.ts";
import { arrange } from "./arrange.ts";
import type { SqlProblem } from "./contract.ts";
import { proposeDjango } from "./django/index.ts";
import { isWorthwhile, type Checked, type Place, type Read } from "./place.ts";
import { SQL_FIXES } from "./postgres/index.ts";
import type { NotFixed, Proposal } from "./proposal.ts";
import { locate } from "./sql-statement.ts";
import { textFile, type TextFile } from "./text-file.ts";
import { toolOf } from "./tools/index.ts";

/** What could be done about each finding, and why nothing is done about the others. Findings that no fix knows are not in it. */
export async function propose(checked: Checked, read: Read): Promise<readonly (Proposal | NotFixed)[]> {
  const places = new Places(checked, read);
  const found: (Proposal | NotFixed)[] = [];
  for (const finding of checked.report.findings) {
    const place = places.of(finding);
    if (place === null) continue;
    const outcome = place.judged.migration.source === "django" ? await proposeDjango(place, read) : proposeSql(place, read);
    if (outcome !== null) found.push(outcome);
  }
  return found;
}

/** Looked up by hash and not by search: a project may have 10,000 findings. */
class Places {
  readonly #checked: Checked;
  readonly #read: Read;
  readonly #views = new Map<
    string,
    Map<string, { readonly siblings: readonly JudgedStatement[]; readonly release: readonly JudgedStatement[] }>
  >();
  readonly #files = new Map<string, TextFile | null>();

  constructor(checked: Checked, read: Read) {
    this.#checked = checked;
    this.#read = read;
    for (const view of checked.analysis.views) {
      const migrations = new Map<string, { siblings: JudgedStatement[]; release: readonly JudgedStatement[] }>();
      for (const release of view.judged) {
        for (const judged of release) {
          const entry = migrations.get(judged.migration.id) ?? { siblings: [], release };
          entry.siblings.push(judged);
          migrations.set(judged.migration.id, entry);
        }
      }
      this.#views.set(view.environment.name, migrations);
    }
  }

  of(finding: Finding): Place | null {
    if (finding.migration === null || finding.statement === null) return null;
    // The environment where it is worst tells the schema and the lock that made it so.
    const view = this.#checked.analysis.views.find(({ environment }) => finding.environments[environment.name] === finding.severity);
    const entry = view === undefined ? undefined : this.#views.get(view.environment.name)?.get(finding.migration);
    const wanted = finding.statement;
    const direct = entry?.siblings[wanted];
    const judged = direct?.statement.index === wanted ? direct : entry?.siblings.find(({ statement }) => statement.index === wanted);
    if (view === undefined || entry === undefined || judged === undefined) return null;
    return { finding, view, judged, ...entry, file: this.#file(judged.migration.path), checked: this.#checked };
  }

  #file(path: string): TextFile | null {
    const absolute = resolve(this.#checked.analysis.options.cwd, path);
    let file = this.#files.get(absolute);
    if (file === undefined) {
      const bytes = this.#read(absolute);
      file = bytes === null ? null : textFile(path, absolute, bytes);
      this.#files.set(absolute, file);
    }
    return file;
  }
}

function proposeSql(place: Place, read: Read): Proposal | NotFixed | null {
  const { finding, judged, siblings, release, file, checked } = place;
  const fixes = SQL_FIXES.filter((fix) => fix.rules.includes(finding.rule) && isWorthwhile(place, fix.evenInfo === true));
  if (fixes.length === 0) return null;
  const not = (reason: string, byHand: string): NotFixed => ({ kind: "not-fixed", finding, reason, byHand });
  const statement = file === null ? null : locate(file, judged.statement);
  if (file === null || statement === null) return not("the statement was not found in the file as it is sent", finding.help);
  const problem: SqlProblem = {
    finding,
    judged,
    siblings,
    release,
    statement,
    earlier: () => earlier(place),
    environments: checked.analysis.options.config.environments,
    thresholds: checked.analysis.options.config.thresholds,
  };
  for (const fix of fixes) {
    const remedy = fix.propose(problem);
    if (remedy === null) continue;
    if (remedy.kind === "refused") return not(remedy.reason, remedy.byHand);
    const around = { problem, remedy, migrations: checked.analysis.migrations, read };
    const arranged = arrange(around);
    if (arranged.kind === "refused") return not(arranged.reason, arranged.byHand);
    const { follow } = toolOf(judged.migration.layout);
    return {
      kind: "proposal",
      fix: fix.id,
      finding,
      migration: judged.migration,
      file,
      summary: remedy.summary,
      notes: arranged.notes,
      edits: arranged.edits,
      files: arranged.files,
      follow:
        arranged.follow.length === 0
          ? null
          : {
              parts: arranged.follow,
              make: (parts, known) => follow?.({ ...around, migrations: known }, parts, remedy.named ?? fix.id) ?? null,
            },
      keepsDefault: null,
      last: fix.last === true,
    };
  }
  return null;
}

function earlier({ view, judged }: Place): readonly Statement[] {
  const statements = view.applied.flatMap((migration) => migration.statements);
  for (const other of view.judged.flat()) {
    if (other === judged) break;
    statements.push(other.statement);
  }
  return statements;
}
