import type { Finding, Report, Severity } from "../model/report.ts";
import type { SchemaState } from "../model/schema.ts";
import { displayName } from "../model/schema.ts";
import type { Checked } from "./place.ts";
import type { Proposal } from "./proposal.ts";

/** What is wrong with a round of fixes, and which files are to blame; null: it cannot be told, so all of them are suspected. */
export interface Trouble {
  readonly file: string | null;
  readonly reason: string;
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/**
 * A specific rule about work under a lock speaks for this one, too: once the work is gone, what is left to say is that the lock
 * itself is felt on a hot table.
 */
const SPOKEN_FOR: ReadonlySet<string> = new Set(["hot-table-alter", "multiple-risky-operations"]);

/**
 * Holds a round of fixes against what it was meant to do: every finding that it answers is gone, nothing as bad has come, everything is
 * understood as before, and the schema at the end is the same.
 * @param origins created file → the file whose hazard it was created for; paths as in findings
 */
export function verify(
  before: Checked,
  after: Checked,
  proposals: readonly Proposal[],
  origins: ReadonlyMap<string, string>,
): readonly Trouble[] {
  return [
    ...stillThere(before.report, after.report, proposals, origins),
    ...newFindings(before.report, after.report, proposals, origins),
    ...lessUnderstood(before.report, after.report),
    ...otherSchema(before, after, proposals),
  ];
}

function pathOf(finding: Finding, report: Paths, origins: ReadonlyMap<string, string>): string | null {
  const path = finding.span?.file ?? (finding.migration === null ? undefined : report.get(finding.migration)) ?? null;
  return path === null ? null : (origins.get(path) ?? path);
}

type Paths = ReadonlyMap<string, string>;

function pathsOf(report: Report): Paths {
  return new Map(report.migrations.map(({ id, path }) => [id, path]));
}

interface Counted {
  count: number;
  readonly finding: Finding;
  readonly file: string | null;
}

function counted(report: Report, origins: ReadonlyMap<string, string>): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  const paths = pathsOf(report);
  for (const finding of report.findings) {
    const file = pathOf(finding, paths, origins);
    const key = `${finding.rule}\n${file}\n${finding.message}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { count: 1, finding, file });
    else entry.count++;
  }
  return counts;
}

function stillThere(before: Report, after: Report, proposals: readonly Proposal[], origins: ReadonlyMap<string, string>): Trouble[] {
  const [was, is] = [counted(before, origins), counted(after, origins)];
  const expected = new Map<string, { count: number; proposal: Proposal }>();
  for (const proposal of proposals) {
    const key = `${proposal.finding.rule}\n${proposal.file.path}\n${proposal.finding.message}`;
    const entry = expected.get(key);
    expected.set(key, { count: (entry?.count ?? 0) + 1, proposal });
  }
  return [...expected].flatMap(([key, { count, proposal }]) =>
    (is.get(key)?.count ?? 0) > (was.get(key)?.count ?? 0) - count
      ? [{ file: proposal.file.path, reason: `the finding would still be there (${proposal.finding.rule})` }]
      : [],
  );
}

function newFindings(before: Report, after: Report, proposals: readonly Proposal[], origins: ReadonlyMap<string, string>): Trouble[] {
  const was = counted(before, origins);
  // What is only worth knowing (a migration that stops half-way has done half of it) may come with any fix.
  const worst = (file: string | null): number =>
    proposals.every((p) => RANK[p.finding.severity] === RANK.error || (file !== null && p.file.path !== file)) ? RANK.error : RANK.warning;
  return [...counted(after, origins)].flatMap(([key, { count, finding, file }]) => {
    if (count <= (was.get(key)?.count ?? 0) || SPOKEN_FOR.has(finding.rule) || RANK[finding.severity] > worst(file)) return [];
    const blamed = proposals.some((proposal) => proposal.file.path === file) ? file : null;
    return [{ file: blamed, reason: `it would bring another finding: ${finding.message} (${finding.rule})` }];
  });
}

function lessUnderstood(before: Report, after: Report): Trouble[] {
  const troubles: Trouble[] = [];
  if (after.coverage.unparsed > before.coverage.unparsed) troubles.push({ file: null, reason: "a statement could no longer be parsed" });
  if (after.coverage.opaque > before.coverage.opaque) troubles.push({ file: null, reason: "a statement could no longer be understood" });
  const known = new Set(before.problems.map((problem) => `${problem.code}\n${problem.message}`));
  for (const problem of after.problems) {
    if (known.has(`${problem.code}\n${problem.message}`)) continue;
    troubles.push({ file: problem.span?.file ?? null, reason: `it would bring a problem: ${problem.message}` });
  }
  return troubles;
}

function otherSchema(before: Checked, after: Checked, proposals: readonly Proposal[]): Trouble[] {
  const kept = new Set(
    proposals.flatMap(({ keepsDefault }) => (keepsDefault === null ? [] : [`${keepsDefault.table}.${keepsDefault.column}`])),
  );
  for (const [n, view] of before.analysis.views.entries()) {
    const other = after.analysis.views[n];
    if (other === undefined) return [{ file: null, reason: "an environment could no longer be judged" }];
    const end = (each: typeof view): SchemaState => each.judged.flat().at(-1)?.after ?? each.start;
    const difference = differenceOf(end(view), end(other), kept);
    if (difference !== null) return [{ file: null, reason: `the schema at the end would be another one: ${difference}` }];
  }
  return [];
}

/** The first table that is not the same in both, in words. Where it comes from does not count, nor the order of keys. */
function differenceOf(a: SchemaState, b: SchemaState, kept: ReadonlySet<string>): string | null {
  for (const name of new Set([...a.relations.keys(), ...b.relations.keys()])) {
    if (shapeOf(a, name, kept) !== shapeOf(b, name, kept)) return displayName(name);
  }
  return null;
}

function shapeOf(state: SchemaState, name: string, kept: ReadonlySet<string>): string {
  const relation = state.relations.get(name);
  if (relation === undefined) return "";
  const { kind, columns, partitionOf, partitionBound, inherits, unlogged, rowSecurity } = relation;
  // A validated NOT NULL constraint says what the column says.
  const constraints = relation.constraints
    .filter((constraint) => constraint.kind !== "not-null" || !constraint.validated)
    .map(({ initiallyDeferred = false, noInherit = false, period = false, expression, ...rest }) =>
      JSON.stringify([Object.entries(rest).sort(byKey), initiallyDeferred, noInherit, period, expression?.sql ?? null]),
    )
    .sort();
  // What is known of an index that a constraint makes is less than of one that was made by itself: INCLUDE, and what its keys are called.
  const indexes = relation.indexes
    .map(({ name: index, unique, method, columns: keys, mentions, predicate, valid, constraint, partOf = null, ...rest }) =>
      JSON.stringify([
        [index, unique, method, keys, predicate, valid, constraint, partOf, rest.special ?? false, rest.ordered ?? false],
        constraint === null ? mentions : null,
      ]),
    )
    .sort();
  const plain = columns.map((column) => ({
    ...column,
    default: kept.has(`${name}.${column.name}`) ? null : (column.default?.sql ?? null),
  }));
  return JSON.stringify([kind, plain, constraints, indexes, partitionOf, partitionBound, inherits, unlogged, rowSecurity]);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
