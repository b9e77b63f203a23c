// `npm run bench:peers`: tread, squawk and pgfence over statements of the shape of the peers' own test material (bench/peers/*.sql).
// Each red case must be caught and each green one stay quiet, but for the differences that their case explains (docs/comparison.md).
// `--differences` lists every answer of every tool that is not the peer's own. Ends with 1 when tread misses.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, install, root } from "../scripts/setup.mjs";
import { installPeers, PEERS } from "./install-peers.mjs";
import { readCases } from "./peers/read-cases.mjs";

const FILES = ["migrationpilot", "eugene", "squawk", "squawk-compatibility", "pgfence"];

/** About how long a statement may wait: judged in the cases that are about it, set aside in the others, for every tool alike. */
const TIME_OUTS = {
  tread: /timeout|^hot-table-alter$|^multiple-risky-operations$/,
  squawk: /timeout/,
  pgfence: /timeout|application-name/,
};
/** What is a matter of taste. tread's come from its preset. */
const STYLE = {
  squawk: /^(prefer-(?!repack)|ban-char-field$|require-table-schema$|require-enum-value-ordering$)/,
  pgfence: /^(prefer-|ban-char|create-enum-type|enum-)|-ordering$/,
};

const { values: flags } = parseArgs({ options: { differences: { type: "boolean" }, dist: { type: "string" }, only: { type: "string" } } });
install();
if (flags.dist === undefined) build();
const { check, loadConfig } = await import(join(flags.dist ?? join(root, "dist"), "index.js"));
const { squawk, pgfence } = installPeers();
const schema = readFileSync(join(root, "bench", "peers", "schema.sql"), "utf8");
const work = mkdtempSync(join(tmpdir(), "tread-peers-"));
let missed = true;
try {
  missed = await compare();
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = missed ? 1 : 0;

async function compare() {
  const rows = [];
  const misses = [];
  for (const name of FILES) {
    const { peer, cases } = readCases(join(root, "bench", "peers", `${name}.sql`));
    if (flags.only !== undefined && flags.only !== name) continue;
    const judged = [];
    for (const [index, one] of cases.entries()) judged.push({ one, tools: await answer(one, join(work, name, String(index))) });
    for (const { one, tools } of judged) {
      const lacking = one.by.filter((rule) => !tools.tread[one.tread]?.includes(rule));
      if (verdict(tools.tread) !== one.tread || lacking.length > 0)
        misses.push(
          `bench/peers/${name}.sql:${one.line} ${one.name}: expected ${one.tread} ${one.by.join(" ")}; tread: ${said(tools.tread)}`,
        );
      if (flags.differences) list(name, one, tools);
    }
    rows.push({ peer, judged });
  }
  table(rows);
  for (const miss of misses) console.log(`missed: ${miss}`);
  const all = rows.flatMap(({ judged }) => judged);
  const explained = (says) => all.filter(({ one }) => one.says === says && one.differs !== null).length;
  console.log(
    `tread: red caught ${share(all, "tread", "red")} (${explained("red")} explained), ` +
      `green quiet ${share(all, "tread", "green")} (${explained("green")} explained); ` +
      `target: all but the explained: ${misses.length === 0 ? "met" : `missed by ${misses.length}`}`,
  );
  return misses.length > 0;
}

/** `caught` by an error or a warning; `noted` as information, which fails no build; `quiet`. */
function verdict({ caught, noted, unreadable }) {
  return unreadable ? "unreadable" : caught.length > 0 ? "caught" : noted.length > 0 ? "noted" : "quiet";
}

/** A red case is right when it is caught (in matters of style also when it is noted), a green one when nothing warns. */
function isRight(one, rules) {
  const is = verdict(rules);
  if (one.says === "red") return is === "caught" || (is === "noted" && one.about === "style");
  return is === "quiet" || is === "noted";
}

function share(judged, tool, says) {
  const group = judged.filter(({ one }) => one.says === says);
  const right = group.filter(({ one, tools }) => isRight(one, tools[tool])).length;
  const noted = group.filter(({ one, tools }) => says === "red" && !isRight(one, tools[tool]) && verdict(tools[tool]) === "noted").length;
  return `${right}${noted > 0 ? `+${noted}` : ""}/${group.length}`;
}

function list(name, one, tools) {
  for (const [tool, rules] of Object.entries(tools))
    if (one.says !== "either" && !isRight(one, rules))
      console.log(`${tool} differs: ${name}.sql:${one.line} ${one.name} (${one.says}): ${said(rules)}`);
}

function said(rules) {
  return `${verdict(rules)} ${[...rules.caught, ...rules.noted.map((rule) => `(${rule})`)].join(" ")}`.trimEnd();
}

function table(rows) {
  const versions = Object.entries(PEERS).map(([name, version]) => `${name} ${version}`);
  console.log(`${versions.join(", ")}. Each cell: red caught (+ noted as information only), green quiet`);
  const tools = ["tread", "squawk", "pgfence"];
  console.log(["cases of".padEnd(28), "cases".padStart(5), ...tools.map((tool) => tool.padStart(19))].join("  "));
  for (const { peer, judged } of [...rows, { peer: "all", judged: rows.flatMap(({ judged }) => judged) }]) {
    const cells = tools.map((tool) => `${share(judged, tool, "red")}, ${share(judged, tool, "green")}`.padStart(19));
    console.log([peer.padEnd(28), String(judged.length).padStart(5), ...cells].join("  "));
  }
}

/** The rules by which each tool flags the case, without those that are not what it is about. */
async function answer(one, folder) {
  const migrations = join(folder, "migrations");
  mkdirSync(migrations, { recursive: true });
  writeFileSync(join(migrations, "0001_before.sql"), schema);
  if (one.live !== null) writeFileSync(join(folder, "live.sql"), one.live);
  const paths = one.files.map((sql, index) => {
    const path = join(migrations, `${String(index + 2).padStart(4, "0")}_change.sql`);
    writeFileSync(path, sql);
    return path;
  });
  const found = { tread: await byTread(folder, one), squawk: bySquawk(paths), pgfence: byPgfence(paths) };
  const own = (tool, rules) => [...new Set(rules)].filter(belongs(tool, one));
  return Object.fromEntries(
    Object.entries(found).map(([tool, { caught, noted = [], unreadable = false }]) => [
      tool,
      { caught: own(tool, caught), noted: own(tool, noted), unreadable },
    ]),
  );
}

function belongs(tool, { about, rule: peerRule }) {
  return (rule) => {
    // Flags each new table and column that does not say IF NOT EXISTS: not what a case about types is about.
    if (rule === "prefer-robust-stmts" && peerRule !== rule) return false;
    if (TIME_OUTS[tool].test(rule)) return about === "time-outs";
    if (tool !== "tread" && STYLE[tool].test(rule)) return about === "style";
    return about !== "time-outs";
  };
}

async function byTread(folder, { about, by, live }) {
  const config = await loadConfig({ cwd: folder });
  const asked = about === "style" ? { ...config, policy: { ...config.policy, presets: ["style"] } } : config;
  const versions = live === null ? [] : [{ name: "v1", target: "live.sql" }];
  const options = { cwd: folder, config: asked, paths: ["migrations"], base: null, appliedThrough: "0001_before", live: versions };
  const { report } = await check(options, "0");
  const opaque = report.migrations.flatMap(({ judged, statements }) => (judged ? statements : [])).find(({ understood }) => !understood);
  if (opaque !== undefined) throw new Error(`a statement that tread does not understand: ${opaque.sql}`);
  const rules = (wanted) => report.findings.filter(wanted).map(({ rule }) => rule);
  // Information about something else than the case does not count for it.
  return {
    caught: rules(({ severity }) => severity !== "info"),
    noted: rules(({ severity, rule }) => severity === "info" && by.includes(rule)),
  };
}

function bySquawk(paths) {
  const { stdout, status, stderr } = spawnSync(squawk, ["--reporter", "json", "--pg-version", "18", ...paths], { encoding: "utf8" });
  if (![0, 1].includes(status)) throw new Error(`squawk ended with ${status}: ${stderr}`);
  return { caught: JSON.parse(stdout).map(({ rule_name: rule }) => rule) };
}

/** LOW is its lowest level above SAFE: mostly form and taste. */
function byPgfence(paths) {
  const args = [pgfence, "analyze", "--output", "json", "--min-pg-version", "18", ...paths];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  // What its parser does not know is neither caught nor quiet.
  if (status === 2 && stderr.includes("syntax error")) return { caught: [], unreadable: true };
  if (![0, 1].includes(status)) throw new Error(`pgfence ended with ${status}: ${stderr}`);
  const { results } = JSON.parse(stdout);
  const checks = results.flatMap((result) => result.checks).filter(({ risk }) => risk !== "SAFE");
  const rules = (wanted) => checks.filter(wanted).map(({ ruleId }) => ruleId);
  const policies = results.flatMap(({ policyViolations = [] }) => policyViolations).map(({ ruleId }) => ruleId);
  return { caught: [...rules(({ risk }) => risk !== "LOW"), ...policies], noted: rules(({ risk }) => risk === "LOW") };
}
