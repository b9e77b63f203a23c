import { longDate } from "../../text/date.ts";
import { counted } from "../../text/numbers.ts";
import type { DeprecationItem, DeprecationsReport, ItemVerdict } from "./item.ts";
import type { Overdue } from "./overdue.ts";

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const WORDS: Readonly<Record<ItemVerdict, string>> = { droppable: "safe to drop now", blocked: "not yet", unknown: "not known" };

export function jsonOf(report: DeprecationsReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function textOf(report: DeprecationsReport, overdue: readonly Overdue[], paint: Paint): string {
  const out: string[] = [];
  const colours: Readonly<Record<ItemVerdict, (text: string) => string>> = {
    droppable: paint.good,
    blocked: paint.bad,
    unknown: paint.warn,
  };
  for (const [title, items] of groupsOf(report)) {
    if (items.length === 0) continue;
    out.push(paint.bold(title), "");
    for (const item of items) {
      out.push(`${paint.bold(item.name)}  ${paint.dim(kindOf(item))}`);
      for (const line of factsOf(item)) out.push(`  ${line}`);
      for (const [environment, verdict] of Object.entries(item.verdicts)) {
        out.push(`  ${environment}: ${colours[verdict](WORDS[verdict])}${paint.dim(` — ${reasonOf(item, environment)}`)}`);
        item.missing[environment]?.forEach((step, at) => out.push(`    ${at === 0 ? "next" : "then"}: ${step}`));
        const late = overdue.find((one) => one.item === item && one.environment === environment);
        if (late !== undefined) out.push(`    ${paint.warn(`overdue: safe for ${counted(late.days, "day")}`)}`);
      }
      for (const note of item.notes) out.push(`  note: ${note}`);
      out.push("");
    }
  }
  const shown = report.problems.filter(({ fatal }, at) => fatal || at < MOST_NOTES);
  for (const problem of shown)
    out.push(
      `${problem.fatal ? paint.bad("problem") : "note"}: ${whereOf(problem)}${problem.message}${problem.help === "" ? "" : `\n  ${problem.help}`}`,
    );
  if (shown.length < report.problems.length)
    out.push(`note: ${counted(report.problems.length - shown.length, "more note")} (--format json lists them)`);
  if (report.problems.length > 0) out.push("");
  out.push(paint.bold(summaryOf(report)), "");
  return out.join("\n");
}

export function markdownOf(report: DeprecationsReport, overdue: readonly Overdue[]): string {
  const out: string[] = ["# Deprecations", "", summaryOf(report), ""];
  for (const [title, items] of groupsOf(report)) {
    if (items.length === 0) continue;
    const environments = report.environments.map(({ name }) => name);
    out.push(
      `## ${title}`,
      "",
      `| | since | bytes | ${environments.map(cell).join(" | ")} |`,
      `|---|---|---|${environments.map(() => "---|").join("")}`,
    );
    for (const item of items) {
      const verdicts = environments.map((name) => {
        const verdict = item.verdicts[name];
        const steps = item.missing[name] ?? [];
        const late = overdue.some((one) => one.item === item && one.environment === name) ? " **overdue**" : "";
        return verdict === undefined ? "" : cell(`${WORDS[verdict]}${late}${steps.length === 0 ? "" : `: ${steps.join("; then ")}`}`);
      });
      out.push(
        `| \`${item.name}\` (${kindOf(item)}) | ${cell(sinceOf(item) ?? "")} | ${item.bytes === null ? "" : bytesOf(item.bytes)} | ${verdicts.join(" | ")} |`,
      );
    }
    out.push("");
    for (const item of items) {
      const facts = [...factsOf(item), ...item.notes.map((note) => `note: ${note}`)];
      if (facts.length > 0) out.push(`- \`${item.name}\``, ...facts.map((fact) => `  - ${fact}`));
    }
    out.push("");
  }
  for (const problem of report.problems) out.push(`- ${problem.fatal ? "**problem**" : "note"}: ${whereOf(problem)}${problem.message}`);
  return `${out.join("\n").trimEnd()}\n`;
}

/** Notes printed one by one; the rest is counted. */
const MOST_NOTES = 5;

function whereOf({ span }: DeprecationsReport["problems"][number]): string {
  return span === null ? "" : `${span.file}:${span.line}: `;
}

function groupsOf({ items }: DeprecationsReport): readonly (readonly [string, readonly DeprecationItem[]])[] {
  return [
    ["Marked as deprecated", items.filter(({ marked }) => marked)],
    ["Unused and not marked", items.filter(({ marked }) => !marked)],
  ];
}

function factsOf(item: DeprecationItem): string[] {
  const facts: string[] = [];
  if (item.mark !== null) facts.push(`marked in ${item.mark.place} (${item.mark.by}): ${item.mark.text}`);
  const since = sinceOf(item);
  if (since !== null) facts.push(`marked since ${since}`);
  const byVersion = new Map<string, string[]>();
  for (const { version, kind, place } of item.uses) byVersion.set(version, [...(byVersion.get(version) ?? []), `${kind} ${place}`]);
  for (const [version, uses] of byVersion)
    facts.push(
      `${version === "working" ? "the working tree" : version}: ${uses.slice(0, 6).join(", ")}${uses.length > 6 ? ` and ${uses.length - 6} more` : ""}`,
    );
  if (item.dependents.length > 0) facts.push(`depends on it: ${item.dependents.join(", ")}`);
  if (item.bytes !== null) facts.push(`costs ${bytesOf(item.bytes)}: ${item.bytesFrom ?? ""}`);
  return facts;
}

function reasonOf(item: DeprecationItem, environment: string): string {
  const reason = (item.reasons[environment] ?? "").replace(
    /^(?:not yet|not safe yet|not known|not known to be safe|safe to drop now): /,
    "",
  );
  const since = item.safeSince[environment] ?? null;
  return since === null || reason.startsWith("safe since") ? reason : `${reason}, since ${longDate(since)}`;
}

function sinceOf({ since }: DeprecationItem): string | null {
  const { commit, release } = since;
  if (commit === null && release === null) return null;
  return [...(release === null ? [] : [release]), ...(commit === null ? [] : [`commit ${commit.slice(0, 12)}`])].join(", ");
}

function kindOf({ kind }: DeprecationItem): string {
  return kind === "m2m" ? "many-to-many" : kind;
}

export function summaryOf({ items, environments }: DeprecationsReport): string {
  const marked = items.filter((item) => item.marked).length;
  const per = environments.map(({ name }) => {
    const count = (verdict: ItemVerdict): number => items.filter((item) => item.verdicts[name] === verdict).length;
    return `${name}: ${count("droppable")} safe to drop now, ${count("blocked")} not yet, ${count("unknown")} not known`;
  });
  return `${marked} marked as deprecated, ${items.length - marked} unused and not marked. ${per.join("; ")}`;
}

function bytesOf(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
