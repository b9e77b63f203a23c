import type { BrokenQuery, Cell, Report } from "../model/report.ts";

/** The compatibility matrix, compressed to the steps at which something changes. One per group of environments that agree. */
export interface MatrixView {
  readonly environments: readonly string[];
  readonly versions: readonly { readonly name: string; readonly queries: number }[];
  readonly rows: readonly { readonly step: string; readonly cells: readonly (CellView | null)[] }[];
  /** Steps left out because every cell is as in the step before. */
  readonly unchanged: number;
  /** Per version: where it breaks first, with the first query that does. */
  readonly breaks: readonly Break[];
  readonly fails: boolean;
}

export interface CellView {
  readonly broken: number;
  /** Broken queries that nothing was seen to send. */
  readonly latent: number;
  readonly unknown: number;
  readonly queries: number;
}

interface Break {
  readonly version: string;
  readonly step: string;
  readonly broken: BrokenQuery;
  readonly more: number;
  /** It fails before the first step already: not this release's doing. */
  readonly baseline: boolean;
}

export function matrices(report: Report): MatrixView[] {
  const { versions, steps, cells } = report.compatibility;
  const environments = [...new Set(cells.map((cell) => cell.environment))];
  const groups = new Map<string, { names: string[]; view: MatrixView }>();
  for (const environment of environments) {
    const own = cells.filter((cell) => cell.environment === environment);
    const view = viewOf(own, versions, steps);
    const key = JSON.stringify([view.versions, view.rows, view.breaks]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: [environment], view });
    else group.names.push(environment);
  }
  return [...groups.values()].map(({ names, view }) => ({ ...view, environments: names }));
}

function viewOf(cells: readonly Cell[], allVersions: readonly string[], steps: readonly string[]): MatrixView {
  const byPlace = new Map(cells.map((cell) => [`${cell.version}\n${cell.step}`, cell]));
  const versions = allVersions.filter((version) => cells.some((cell) => cell.version === version));
  const rows: { step: string; cells: (CellView | null)[] }[] = [];
  const breaks: Break[] = [];
  const last = new Map<string, string>();
  const known = new Map<string, Set<string>>(versions.map((version) => [version, new Set()]));
  const reported = new Set<string>();
  for (const step of steps) {
    let changed = false;
    const row = versions.map((version): CellView | null => {
      const cell = byPlace.get(`${version}\n${step}`);
      if (cell === undefined) return null;
      const signature = JSON.stringify([cell.unknown, cell.broken.map((b) => [b.query, b.sqlstate])]);
      const quiet = cell.unknown === 0 && cell.broken.length === 0;
      if (last.has(version) ? last.get(version) !== signature : !quiet) changed = true;
      last.set(version, signature);
      noteBreak(version, step, cell);
      const latent = cell.broken.filter((b) => b.use === "latent").length;
      return { broken: cell.broken.length - latent, latent, unknown: cell.unknown, queries: cell.queries };
    });
    if (changed || (step === "start" && row.some((cell) => cell !== null))) rows.push({ step, cells: row });
  }
  const fails = cells.some((cell) => cell.broken.length > 0 || cell.unknown > 0);
  return {
    environments: [],
    versions: versions.map((name) => ({ name, queries: Math.max(...cells.filter((c) => c.version === name).map((c) => c.queries)) })),
    rows,
    unchanged: steps.length - rows.length,
    breaks,
    fails,
  };

  function noteBreak(version: string, step: string, cell: Cell): void {
    const before = known.get(version) ?? new Set();
    const fresh = cell.broken.filter((b) => !before.has(b.query));
    for (const b of cell.broken) before.add(b.query);
    const baseline = step === "start";
    const [first] = fresh;
    if (first === undefined || reported.has(`${version} ${baseline}`)) return;
    reported.add(`${version} ${baseline}`);
    breaks.push({ version, step, broken: fresh.find((b) => b.use === "certain") ?? first, more: fresh.length - 1, baseline });
  }
}

/** `✓`, `✗ 3`, `✗ 3 + 1 latent`, `? 2`; `·` where nothing was asked. */
export function cellText(cell: CellView | null): string {
  if (cell === null) return "·";
  const parts = [
    cell.broken > 0 ? `✗ ${cell.broken}` : "",
    cell.latent > 0 ? `${cell.latent} latent` : "",
    cell.unknown > 0 ? `? ${cell.unknown}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "✓" : parts.join(" + ");
}

/** One line that says what a matrix without failures says. */
export function quietLine(view: MatrixView, steps: number): string {
  const versions = view.versions.map((v) => `${v.name} (${v.queries})`).join(", ");
  return `no query of ${versions} fails at any of ${steps} steps`;
}
