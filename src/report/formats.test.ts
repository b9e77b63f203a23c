import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import type { Report } from "../model/report.ts";
import { formatNames, formats, isFormatName } from "./index.ts";
import type { FormatName, RenderOptions } from "./index.ts";
import { dropColumn, FILES, readSample, safeReport, unsafeReport, volatileDefault } from "./sample.test-helper.ts";

function render(name: FormatName, report: Report, options: Partial<RenderOptions> = {}): string {
  return formats[name].render(report, { color: false, width: 100, readFile: readSample, verbose: false, ...options });
}

/** What every reader must learn, whatever the format. */
const FACTS = [
  "drop-column",
  "v1.42, which still selects it",
  "add-column-volatile-default",
  "PostgreSQL 18.4",
  "200,000 rows",
  "scale profile of 21 November 2026",
  "estimate",
  "deprecate_field(models.TextField())",
  "42703",
  "Person (person/models.py:12)",
  "missing-parent",
  "team.0001_initial",
  "which is not defined in the migrations",
  "set by the deploy script",
  "gone since March",
  "replication lag",
  "2_004_118_230 rows".replaceAll("_", ","),
];

describe.each(formatNames)("%s", (name) => {
  const printed = render(name, unsafeReport);
  /** Markup of the format taken away, so that the facts can be looked for. */
  const plain = printed
    .replaceAll("\u200b", "")
    .replace(/%0A/g, "\n")
    .replace(/%25/g, "%")
    .replace(/\\([\\`*_{}[\]()<>#+!|~&$-])/g, name === "markdown" ? "$1" : "\\$1")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&#39;/g, "'");

  test("is registered under its own name and ends with a newline", () => {
    expect(formats[name].name).toBe(name);
    expect(formats[name].summary).not.toBe("");
    expect(printed.endsWith("\n")).toBe(true);
    expect(isFormatName(name)).toBe(true);
  });

  test.each(name === "json" ? FACTS.filter((fact) => !["200,000 rows", "(unused"].includes(fact)) : FACTS)("says %s", (fact) => {
    expect(name === "sarif" || name === "json" ? plain.replaceAll('\\"', '"') : plain).toContain(fact);
  });

  test("no control character, escape sequence or direction mark comes through", () => {
    const evil = "\u001b]8;;http://evil\u0007\u009b31m\u202e\u2066";
    const report: Report = {
      ...unsafeReport,
      findings: [
        { ...dropColumn, message: evil, why: evil, help: evil, label: evil, rule: `drop${evil}`, docs: evil, liveVersions: [evil] },
      ],
      problems: [{ code: evil, message: evil, help: evil, span: null, fatal: true }],
    };
    expect(render(name, report, { readFile: () => evil })).not.toMatch(
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    );
  });
});

test("toString is no format", () => {
  expect(isFormatName("toString")).toBe(false);
});

describe("github", () => {
  test("annotates the place, with everything in the message", () => {
    const [first] = render("github", unsafeReport).split("\n");
    expect(first).toMatch(
      /^::error file=backend\/person\/migrations\/0003_drop_email\.py,line=3,endLine=3,col=9,endColumn=65,title=drop-column::dropping `person\.email` breaks v1\.42, which still selects it%0Awhy: /,
    );
  });

  test("every line is a command of ours: nothing in a report can start another", () => {
    const evil = "x\n::set-output name=token::stolen\r\n::add-mask::a,b:c%0A::error::";
    const report: Report = {
      ...unsafeReport,
      findings: [
        {
          ...dropColumn,
          message: evil,
          why: evil,
          help: evil,
          rule: "a,b::c",
          span: { file: `f,x::y\n::error::z.sql`, line: 1, column: 1, endLine: 2, endColumn: 1 },
        },
      ],
      suppressions: [],
      problems: [{ code: evil, message: evil, help: evil, span: null, fatal: false }],
    };
    const lines = render("github", report).trimEnd().split("\n");
    for (const line of lines)
      expect(line).toMatch(/^::(error|warning|notice) (?:file=[^,:]+,line=\d+,endLine=\d+,(?:col=\d+,endColumn=\d+,)?)?title=[^,:]*::/);
    expect(lines[0]).toContain("title=a%2Cb%3A%3Ac::");
    expect(lines[0]).toContain("%250A");
    expect(lines).toHaveLength(report.findings.length + report.problems.length + 1 + 1);
  });
});

describe("sarif", () => {
  interface Sarif {
    version: string;
    runs: {
      tool: {
        driver: { rules: { id: string; helpUri?: string; shortDescription: { text: string }; defaultConfiguration: { level: string } }[] };
      };
      invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: string; message: { text: string } }[] }[];
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
        relatedLocations: object[];
        partialFingerprints: Record<string, string>;
      }[];
    }[];
  }
  const read = (report: Report, options: Partial<RenderOptions> = {}): Sarif["runs"][number] => {
    const log = JSON.parse(render("sarif", report, options)) as Sarif;
    expect(log.version).toBe("2.1.0");
    const [run] = log.runs;
    if (run === undefined) throw new Error("no run");
    return run;
  };

  test("results point at their rule and place", () => {
    const run = read(unsafeReport, { ruleSummary: (id) => `summary of ${id}` });
    expect(run.tool.driver.rules.map((rule) => [rule.id, rule.shortDescription.text, rule.helpUri])).toEqual([
      ["add-column-volatile-default", "summary of add-column-volatile-default", "https://tread.dev/rules/add-column-volatile-default"],
      ["drop-column", "summary of drop-column", undefined],
    ]);
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(run.results[1]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "migrations/0004_public_id.sql" },
      region: { startLine: 3, startColumn: 46, endLine: 3, endColumn: 63 },
    });
    expect(run.results[1]?.relatedLocations).toHaveLength(1);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run.invocations[0]?.toolExecutionNotifications.map((n) => n.level)).toEqual(["error", "warning"]);
  });

  test("a fingerprint survives lines that move, and tells two findings apart", () => {
    const print = (report: Report): (string | undefined)[] => read(report).results.map((r) => r.partialFingerprints["treadFinding/v1"]);
    const moved = {
      ...unsafeReport,
      findings: unsafeReport.findings.map((f) => ({
        ...f,
        span: f.span && { ...f.span, line: f.span.line + 7, endLine: f.span.endLine + 7 },
      })),
    };
    expect(print(moved)).toEqual(print(unsafeReport));
    const twice = { ...unsafeReport, findings: [volatileDefault, volatileDefault] };
    expect(new Set(print(twice)).size).toBe(2);
  });

  test("paths become URIs", () => {
    const span = { file: "db #1/o\u0308rder%.sql", line: 1, column: 1, endLine: 1, endColumn: 2 };
    expect(
      read({ ...unsafeReport, findings: [{ ...dropColumn, span }] }).results[0]?.locations[0]?.physicalLocation.artifactLocation.uri,
    ).toBe("db%20%231/o%CC%88rder%25.sql");
  });

  test("a run that was complete says so", () => {
    expect(read(safeReport).invocations[0]?.executionSuccessful).toBe(true);
    expect(read({ ...safeReport, verdict: "unknown" }).invocations[0]?.executionSuccessful).toBe(false);
  });
});

describe("markdown", () => {
  test("the verdict on top, per environment; errors unfolded, the rest folded", () => {
    const info = { ...volatileDefault, severity: "info" as const };
    const printed = render("markdown", { ...unsafeReport, findings: [dropColumn, info] });
    expect(
      printed.startsWith(
        "## tread rehearse: ❌ unsafe\n\n| environment | verdict | Postgres | why |\n|---|---|---|---|\n| local | ❌ unsafe | 18 |",
      ),
    ).toBe(true);
    expect(printed).toContain("<details open>\n<summary>❌ <b>drop-column</b> dropping <code>person.email</code> breaks v1.42");
    expect(printed).toContain("<details>\n<summary>ℹ️ <b>add-column-volatile-default</b>");
    expect(printed).toContain("```\nemail = deprecate_field(models.TextField())\n```");
  });

  test("code in a table keeps the spaces around it", () => {
    const evidence = [{ kind: "lock" as const, text: "SHARE on `a|b` until the end", from: "static" as const, value: null }];
    expect(render("markdown", { ...unsafeReport, findings: [{ ...dropColumn, evidence }] })).toContain(
      "| lock | SHARE on `a\\|b` until the end | static |",
    );
  });

  test("names from a repository are text: no markup, no table cell, no mention, no link, no end of a fence", () => {
    const evil =
      "a | b <img src=x onerror=alert(1)> [x](https://evil) **bold** @security-team </details> `<b>` https://evil.example www.evil.example";
    const source = "SELECT 1; ````\n</details><script>alert(1)</script>\n";
    const report: Report = {
      ...unsafeReport,
      environments: [{ name: evil, verdict: "unsafe", postgres: 18, reason: evil }],
      findings: [
        {
          ...dropColumn,
          message: evil,
          why: evil,
          help: evil,
          liveVersions: [evil],
          span: { file: "a`b.sql", line: 1, column: 1, endLine: 1, endColumn: 9 },
        },
      ],
      problems: [{ code: evil, message: evil, help: evil, span: null, fatal: true }],
      suppressions: [],
    };
    const printed = render("markdown", report, { readFile: () => source });
    const outsideCode = printed
      .replace(/`{5}text[\s\S]*?`{5}/g, "")
      .replace(/`[^`\n]+`/g, "")
      .replace(/<code>[^<]*<\/code>/g, "");
    expect(outsideCode).not.toContain("<img");
    expect(outsideCode).not.toMatch(/@[a-z]/);
    expect(outsideCode).not.toMatch(/(?<!\\)\[x/);
    expect(outsideCode).not.toMatch(/https?:\/\/evil|www\.evil/);
    expect(outsideCode.match(/<\/details>/g)).toHaveLength(2);
    const [, , , , row] = printed.split("\n");
    expect((row ?? "").replace(/\\\|/g, "").split("|")).toHaveLength(6);
  });

  test("a comment that GitHub would refuse for its length is cut, and says so", () => {
    const findings = Array.from({ length: 200 }, (_, i) => ({ ...dropColumn, message: `dropping column ${i}` }));
    const printed = render("markdown", { ...unsafeReport, findings });
    expect(printed.length).toBeLessThan(65_536);
    expect(printed).toMatch(/\*\d+ more of 200 findings in 1 file: 200 errors: `tread rehearse` shows them all\.\*/);
    expect(printed).toContain("31 statements in 9 migrations");
  });
});

describe("html", () => {
  test("one page: no script, nothing from elsewhere, and a policy that forbids both", () => {
    const printed = render("html", unsafeReport);
    expect(printed).toContain("default-src 'none'");
    expect(printed).not.toMatch(/<(script|img|link|iframe)|@import|url\(|src=/);
    expect(printed).toContain("prefers-color-scheme: dark");
    expect(printed).toContain('<span class="primary"> ');
  });

  test("everything is escaped, and only https is a link", () => {
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const report: Report = {
      ...unsafeReport,
      tread: evil,
      environments: [{ name: evil, verdict: "unsafe", postgres: 18, reason: evil }],
      findings: [
        {
          ...dropColumn,
          rule: evil,
          message: evil,
          why: evil,
          help: evil,
          label: evil,
          docs: `javascript:${evil}`,
          liveVersions: [evil],
          environments: { [evil]: "error" },
          migration: evil,
          evidence: [{ kind: "query", text: evil, from: "static", value: null, witness: evil }],
        },
      ],
      problems: [{ code: evil, message: evil, help: evil, span: null, fatal: true }],
    };
    const printed = render("html", report, { readFile: () => evil });
    expect(printed).not.toMatch(/<script|<img|href="javascript/);
    expect(printed).toContain("&lt;script&gt;");
  });

  test("every element that opens closes", () => {
    const printed = render("html", unsafeReport).replace(/<(meta|br|!doctype)[^>]*>/g, "");
    const open: string[] = [];
    for (const [, slash, tag] of printed.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (slash === "") open.push(tag ?? "");
      else expect(open.pop()).toBe(tag);
    }
    expect(open).toEqual([]);
  });
});

test("json keeps text as data, with a field for every value", () => {
  const message = "drop \u2028 \u0085 \u202e 'person'";
  const report: Report = {
    ...safeReport,
    findings: [
      {
        ...dropColumn,
        message,
        evidence: [
          { kind: "rows", text: "big", from: "static", value: 10n ** 20n },
          { kind: "rows", text: "none", from: "static", value: undefined },
        ],
      },
    ],
  };
  const read = JSON.parse(render("json", report)) as Report;
  expect(read.findings[0]?.message).toBe(message);
  expect(read.findings[0]?.evidence.map((e) => e.value)).toEqual(["100000000000000000000", null]);
  // JSON is YAML too: no character that another reader would take for a line break.
  expect(parseYaml(render("json", safeReport))).toEqual(JSON.parse(render("json", safeReport)));
});

test("the sample's files are what its places say", () => {
  for (const finding of unsafeReport.findings) {
    const line = FILES[finding.span?.file ?? ""]?.split("\n")[(finding.span?.line ?? 0) - 1];
    expect(line?.slice((finding.span?.column ?? 0) - 1, (finding.span?.endColumn ?? 0) - 1)).toMatch(/RemoveField|gen_random_uuid/);
  }
});
