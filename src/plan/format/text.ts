import { wrap } from "../../text/width.ts";
import type { Phase, Plan, Step } from "../types.ts";

const WIDTH = 100;
/** Columns of a query that is only looked with. */
const QUERY_WIDTH = 120;

/** A plan for people: what happens in which order, what each phase waits for, and where there is no way back. */
export function planText(plan: Plan): string {
  const lines: string[] = [
    plan.change,
    `recipe ${plan.recipe}${plan.majors.length === 0 ? "" : `, for PostgreSQL ${plan.majors.join(", ")}`}`,
    "",
  ];
  const final = plan.phases.filter((phase) => oneWay(phase) !== null);
  for (const phase of final) lines.push(...block(`! phase ${phase.name} cannot be undone: `, oneWay(phase) ?? "", 4));
  if (final.length > 0) lines.push("");
  for (const [index, phase] of plan.phases.entries()) {
    lines.push(`${index + 1}. ${phase.name}: ${phase.summary}`);
    lines.push(...opensText(phase, index));
    lines.push(
      `   serving meanwhile: ${phase.live === "old and new" ? "the versions from before and the new one" : `the ${phase.live === "old" ? "versions from before" : "new version"}`}`,
    );
    for (const step of phase.steps) lines.push(...stepText(step));
    lines.push("");
  }
  for (const note of plan.notes) lines.push(...block("note: ", note, 6));
  return `${lines.join("\n").trimEnd()}\n`;
}

function opensText(phase: Phase, index: number): string[] {
  if (phase.opens.length === 0) return [index === 0 ? "   open at once" : "   opens when the phase before it is done"];
  return phase.opens.flatMap((condition) => block("   opens when ", condition.sentence, 6));
}

/** Why a phase cannot be undone; null where it can. */
export function oneWay(phase: Phase): string | null {
  for (const step of phase.steps) if ((step.kind === "migrate" || step.kind === "backfill") && !step.down.possible) return step.down.why;
  return null;
}

function stepText(step: Step): string[] {
  const head = block(`   - ${step.kind.padEnd(8)} ${step.name}: `, step.summary, 14);
  switch (step.kind) {
    case "migrate":
      return [
        ...head,
        ...step.sql.flatMap((sql) => code(`${sql};`)),
        ...(step.transaction && step.sql.length > 1 ? [note("in one transaction")] : []),
        ...(step.transaction ? [] : [note("outside of a transaction")]),
      ];
    case "backfill":
      return [...head, ...code(`${step.sql};`), note(`in batches; done when no row has ${step.verify}`)];
    case "verify":
      return [...head, ...query(step.sql)];
    case "wait":
      return [...head, ...query(step.until)];
    case "deploy":
      return [...head, ...step.code.flatMap((line) => block("              · ", line, 16))];
    case "approve":
      return [...head, ...block("              ", step.why, 14)];
    default:
      return step satisfies never;
  }
}

function note(text: string): string {
  return `              (${text})`;
}

function code(sql: string): string[] {
  return sql.split("\n").map((line) => `              ${line}`);
}

/** Lines of a query that are shown: what it asks stands in the summary, and the whole of it in the plan's file. */
const QUERY_LINES = 2;

/** A query that only looks, cut to what fits. */
function query(sql: string): string[] {
  const lines = sql.split("\n");
  const shown = lines.slice(0, QUERY_LINES).map((line) => (line.length > QUERY_WIDTH ? `${line.slice(0, QUERY_WIDTH - 1)}…` : line));
  const left = lines.length - shown.length;
  return [...code(shown.join("\n")), ...(left > 0 ? [note(`and ${left} more line${left === 1 ? "" : "s"}, in the plan's file`)] : [])];
}

/** @param lead with its indentation, which wrapping would take away */
function block(lead: string, text: string, indent: number): string[] {
  const [first = "", ...others] = wrap(`${"x".repeat(lead.length)}${text}`, WIDTH);
  const rest = others.length === 0 ? [] : wrap(others.join(" "), WIDTH - indent);
  return [`${lead}${first.slice(lead.length)}`, ...rest.map((line) => `${" ".repeat(indent)}${line}`)];
}
