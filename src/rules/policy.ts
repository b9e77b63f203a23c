import type { Finding, Severity } from "../model/report.ts";
import { CLICKHOUSE_FINDINGS, CLICKHOUSE_RULES } from "./clickhouse/index.ts";
import { OTHER_FINDINGS, RULES } from "./index.ts";
import type { Rule } from "./rule.ts";
import { NEVER } from "./suppress.ts";

/** What a config says about rules: `policy.rules` and `policy.presets`. */
export interface RulePolicy {
  readonly rules: Readonly<Record<string, Severity | "off">>;
  readonly presets: readonly string[];
}

export const NO_POLICY: RulePolicy = { rules: {}, presets: [] };

/** Rules of a preset run when the config names the preset, or the rule itself. */
export function activeRules(policy: RulePolicy): readonly Rule[] {
  return RULES.filter(({ id, preset }) => preset === undefined || policy.presets.includes(preset) || (policy.rules[id] ?? "off") !== "off");
}

/** Severities as the config wants them; what is switched off is left out. */
export function withPolicy(findings: readonly Finding[], policy: RulePolicy): readonly Finding[] {
  return findings.flatMap((finding): readonly Finding[] => {
    const severity = policy.rules[finding.rule];
    if (severity === undefined || NEVER.has(finding.rule)) return [finding];
    if (severity === "off") return [];
    const environments = Object.fromEntries(Object.keys(finding.environments).map((name) => [name, severity]));
    return [{ ...finding, severity, environments }];
  });
}

/** Names that a config may use under `policy.rules`, and those that nothing may switch off or change. */
export function ruleNames(): { readonly known: readonly string[]; readonly fixed: readonly string[] } {
  return {
    known: [...new Set([...RULES, ...CLICKHOUSE_RULES].map(({ id }) => id)), ...Object.keys({ ...OTHER_FINDINGS, ...CLICKHOUSE_FINDINGS })],
    fixed: [...NEVER],
  };
}

/** Rules that do not take part in a run, for its report: a clean one must not be mistaken for one that asked everything. */
export function policyNotes(policy: RulePolicy): {
  readonly switchedOff?: readonly string[];
  readonly severities?: Readonly<Record<string, Severity>>;
  readonly presets?: readonly string[];
} {
  const entries = Object.entries(policy.rules);
  const switchedOff = entries.flatMap(([rule, severity]) => (severity === "off" ? [rule] : []));
  const severities = entries.flatMap(([rule, severity]) => (severity === "off" ? [] : [[rule, severity] as const]));
  return {
    ...(switchedOff.length === 0 ? {} : { switchedOff }),
    ...(severities.length === 0 ? {} : { severities: Object.fromEntries(severities) }),
    ...(policy.presets.length === 0 ? {} : { presets: policy.presets }),
  };
}
