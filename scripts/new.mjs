// Writes the stubs of something new and registers it: `npm run new rule <id>`, `npm run new source <name>`, `npm run new format <name>`.
// What it writes compiles; the tests then name what is still to be written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";

const USAGE = `npm run new rule <id> [-- --any]    a rule: src/rules/postgres/<id>.{ts,md,cases.sql} (--any: for every database; --style: of the preset)
npm run new source <name>           a migration source: src/sources/<name>/
npm run new format <name>           an output format: src/report/<name>.ts`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    any: { type: "boolean", default: false },
    style: { type: "boolean", default: false },
    root: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
const [what, id] = positionals;
const root = values.root ?? join(import.meta.dirname, "..");
const makers = { rule: newRule, source: newSource, format: newFormat };

if (values.help) {
  console.log(USAGE);
} else if (what === undefined || id === undefined || !Object.hasOwn(makers, what)) {
  fail(USAGE);
} else if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
  fail(`\`${id}\`: a name is lower case with hyphens, as in \`drop-column\`: it becomes the file's name and the id in reports`);
} else {
  makers[what](id);
}

function newRule(id) {
  const folder = values.style ? "style" : values.any ? "any" : "postgres";
  const name = camel(id);
  const base = `src/rules/${folder}/${id}`;
  write(
    `${base}.ts`,
    `import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named } from "../words.ts";

export const ${name}: Rule = ruleFor("drop-sequence", {
  id: "${id}",
  summary: "one line: what it finds, lower case, no full stop",${values.style ? '\n  preset: "style",' : ""}
  check(change, statement, context) {
    if (context.release.some((other) => other.statement.changes.some((made) => made.kind === "create-sequence"))) return null;
    return {
      severity: "${values.style ? "info" : "warning"}",
      about: change.name,
      message: \`what is found, with the user's own names: \${named(change.name)}\`,
      label: "shown under the place in the file",
      why: "who notices, and how: lock, SQLSTATE, what waits for what",
      help: "the exact safe form, as SQL to paste",
      evidence: context.evidence(statement),
    };
  },
});
`,
  );
  write(
    `${base}.md`,
    `# ${id}

Finds … (one sentence: which statements, in which situation).

## Why it hurts

What users notice. The measured fact: lock mode, rewrite, scan, SQLSTATE, and on which versions of Postgres. When it is an error, a
warning, an info.

## What to do

\`\`\`sql
-- the safe form
\`\`\`

In Django: …

## If a person has judged it

\`\`\`sql
-- tread-ignore ${id}: why it is safe here
\`\`\`

Sources: manual, …; measured on Postgres 13 to 18.
`,
  );
  write(
    `${base}.cases.sql`,
    `-- case: what exists
-- 0001.sql
CREATE SEQUENCE invoice_number;
-- 0002.sql
DROP SEQUENCE invoice_number; -- expect: ${id}@${values.style ? "info" : "warning"}

-- case: what the same release made
-- 0001.sql
CREATE SEQUENCE invoice_number;
DROP SEQUENCE invoice_number;
`,
  );
  edit("src/rules/index.ts", (text) => {
    const imported = insertSorted(
      text,
      /^import \{ \w+ \} from "\.\/(?:any|postgres|style)\/.*$/gm,
      `import { ${name} } from "./${folder}/${id}.ts";`,
    );
    const start = imported.indexOf("[", imported.indexOf("export const RULES"));
    const end = imported.indexOf("];", start);
    return imported.slice(0, start) + insertSorted(imported.slice(start, end), /^ {2}\w+,$/gm, `  ${name},`) + imported.slice(end);
  });
  next([
    `write the message first, then what justifies it: ${base}.ts`,
    `the page of \`tread explain ${id}\`: ${base}.md`,
    `when it fires and when it is silent: ${base}.cases.sql (\`-- page: bad\` and \`-- page: good\` mark what the page shows)`,
    "node scripts/render-pages.mjs writes the page's examples, with the reports that tread prints for them",
    "npx vitest run src/rules",
  ]);
}

function newSource(id) {
  const name = `${camel(id)}Source`;
  const base = `src/sources/${id}`;
  const summary = `${id}: where its migrations are, in one line`;
  write(
    `${base}/index.ts`,
    `import type { Source } from "../source.ts";

/** Where the tool keeps its migrations, in which order it runs them, and what it runs in a transaction. */
export const ${name}: Source = {
  type: "${id}",
  summary: "${summary}",
  detect: (files, root) => files.list(root).some((path) => path.endsWith(".${id}.sql")),
  read: () => ({ migrations: [], problems: [] }),
};
`,
  );
  write(
    `${base}/${id}.test.ts`,
    `import { describe, expect, it } from "vitest";
import { ${name} } from "./index.ts";

describe("${id}", () => {
  it("reads the migrations of a project in the order in which the tool runs them", () => {
    expect(${name}.type).toBe("${id}");
    expect.fail("read a project in fixtures/ and name the ids that must come out");
  });
});
`,
  );
  edit("src/sources/index.ts", (text) => {
    // The most general source stays last: what a more special one has claimed is not claimed again.
    const last = text.lastIndexOf("  {\n", text.indexOf('type: "sql-dir"'));
    if (last === -1) fail("src/sources/index.ts has no entry of type sql-dir to stand before: register the source by hand");
    return `${text.slice(0, last)}  {
    type: "${id}",
    summary: "${summary}",
    roots: (paths) => [...new Set(paths.filter((path) => path.endsWith(".${id}.sql")).map(folderOf))],
    load: async () => (await import("./${id}/index.ts")).${name},
  },
${text.slice(last)}`;
  });
  next([
    `read the files: ${base}/index.ts`,
    `a small real project of the tool: ${base}/fixtures/`,
    `tell projects apart by names alone: \`roots\` in src/sources/index.ts`,
    `npx vitest run ${base} src/sources/sources.test.ts`,
  ]);
}

function newFormat(id) {
  const name = camel(id);
  const base = `src/report/${id}`;
  write(
    `${base}.ts`,
    `import type { Format } from "./format.ts";

/** Who reads this format, and where its definition is. */
export const ${name}: Format = {
  name: "${id}",
  summary: "one line for --help",
  render: (report) => report.findings.map((finding) => \`\${finding.rule}: \${finding.message}\\n\`).join(""),
};
`,
  );
  const key = name === id ? name : `"${id}": ${name}`;
  edit("src/report/index.ts", (text) =>
    insertSorted(text, /^import \{ \w+ \} from "\.\/.*$/gm, `import { ${name} } from "./${id}.ts";`)
      .replace(/(export type FormatName = [^;]+);/, `$1 | "${id}";`)
      .replace(/(export const formats[^{]*\{[^}]*?)\s*\};/, `$1, ${key} };`)
      .replace(/(export const formatNames[^=]*= \[[^\]]*?)\s*\];/, `$1, "${id}"];`),
  );
  next([
    `render the report: ${base}.ts`,
    "a test beside it with the report of sample.test-helper.ts",
    "npx vitest run src/report",
    "npm run types",
  ]);
}

function write(path, text) {
  const file = join(root, path);
  if (existsSync(file)) fail(`${path} exists already: nothing was written over it`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote    ${path}`);
}

function edit(path, change) {
  const file = join(root, path);
  if (!existsSync(file)) fail(`${path} is not there: is ${relative(process.cwd(), root) || "."} the root of tread?`);
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before) fail(`${path} could not be changed: register it there by hand`);
  writeFileSync(file, after);
  console.log(`changed  ${path}`);
}

/** Puts a line where it belongs among the lines that the pattern matches. */
function insertSorted(text, pattern, line) {
  const lines = [...text.matchAll(pattern)];
  const after = lines.findLast((match) => sortKey(match[0]) < sortKey(line));
  if (after !== undefined) return `${text.slice(0, after.index + after[0].length)}\n${line}${text.slice(after.index + after[0].length)}`;
  const [first] = lines;
  return first === undefined ? text : `${text.slice(0, first.index)}${line}\n${text.slice(first.index)}`;
}

/** Imports are sorted by where they come from, lines of a list by what they say. */
function sortKey(line) {
  return /from "(.*)"/.exec(line)?.[1]?.replace(/\.ts$/, "") ?? kebab(line.trim());
}

function camel(id) {
  return id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

function kebab(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function next(steps) {
  console.log(`\nNext:\n${steps.map((step, at) => `  ${at + 1}. ${step}`).join("\n")}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
