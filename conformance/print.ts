import { type Difference, KINDS, type Kind } from "./compare.ts";
import type { GeneratedDisagreement } from "./generate/run-generated.ts";
import { type Disagreement, place } from "./judge-scene.ts";

const TITLES: Readonly<Record<Kind, string>> = {
  locks: "locks",
  rewrites: "rewrites",
  scans: "scans",
  indexBuilds: "index builds",
  error: "errors",
  understood: "not understood",
};

/** Case, place, and both sides of each difference. */
export function spellDisagreement({ scene, one, sql, major, differences, accepted }: Disagreement): string {
  const lines = [
    `${place(scene, one.line)} PostgreSQL ${major}: ${one.name}`,
    `    ${sql.replaceAll("\n", "\n    ")}`,
    ...sides(differences),
  ];
  if (accepted !== null) lines.push(`    accepted: ${accepted.reason}`);
  return lines.join("\n");
}

/** With the script that shows it and the way to run it again. */
export function spellGenerated({ seed, number, major, one, differences, script }: GeneratedDisagreement): string {
  const statements = [...(script ?? []), ...one.prepare, one.sql].map((statement) => `    ${statement};`);
  return [
    `seed ${seed}, statement ${number}, PostgreSQL ${major} (--generated --seed ${seed} --statements ${number} --majors ${major})`,
    ...statements,
    ...sides(differences),
  ].join("\n");
}

function sides(differences: readonly Difference[]): string[] {
  return differences.flatMap(({ kind, predicted, observed }) => [
    `    ${TITLES[kind]}: predicted ${predicted}`,
    `    ${" ".repeat(TITLES[kind].length)}   observed ${observed}`,
  ]);
}

export interface Row {
  readonly major: number;
  readonly cases: number;
  /** Generated ones, and how many of them worked: the others are wanted errors, mostly. */
  readonly statements: number;
  readonly succeeded: number;
  readonly disagreements: readonly { readonly differences: readonly { readonly kind: Kind }[]; readonly accepted: unknown }[];
}

/** One line per version; what is accepted is counted apart. */
export function table(rows: readonly Row[]): string {
  const head = ["PostgreSQL", "cases", "generated", "worked", ...KINDS.map((kind) => TITLES[kind]), "accepted"];
  const body = rows.map(({ major, cases, statements, succeeded, disagreements }) => [
    String(major),
    String(cases),
    String(statements),
    String(succeeded),
    ...KINDS.map((kind) =>
      String(disagreements.filter((d) => d.accepted === null && d.differences.some((difference) => difference.kind === kind)).length),
    ),
    String(disagreements.filter((d) => d.accepted !== null).length),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)));
  return [head, ...body].map((cells) => cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ")).join("\n");
}
