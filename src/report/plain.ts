import type { Finding, Report } from "../model/report.ts";
import { oneLine, visible } from "../text/visible.ts";
import { environmentsOf, witnessOf } from "./facts.ts";

/** Everything a finding says, line by line without layout: for formats that carry one block of text per finding. */
export function findingLines(finding: Finding, report: Report): string[] {
  const where = environmentsOf(finding);
  return [
    oneLine(finding.message),
    ...(finding.why === "" ? [] : [`why: ${oneLine(finding.why)}`]),
    ...finding.evidence.map((evidence) => evidenceLine(evidence, report)),
    ...(finding.liveVersions.length > 0 ? [`breaks: ${oneLine(finding.liveVersions.join(", "))}`] : []),
    ...(where === "" ? [] : [`where: ${oneLine(where)}`]),
    ...(finding.help === "" ? [] : [`help: ${visible(finding.help.trimEnd(), "lines")}`]),
    `docs: ${oneLine(finding.docs === "" ? `tread explain ${finding.rule}` : finding.docs)}`,
  ];
}

function evidenceLine(evidence: Finding["evidence"][number], report: Report): string {
  const witness = oneLine(witnessOf(evidence, report));
  const text = oneLine(evidence.text);
  return `${evidence.kind}: ${text}${text.includes(witness) ? "" : ` (${witness})`}`;
}

/** `https://…` when the docs are a page, else null. Anything else (`javascript:`, a path) is no link. */
export function docsUrl(finding: Finding): string | null {
  return /^https:\/\/[^\s"'<>`\\]+$/.test(finding.docs) ? finding.docs : null;
}
