import { type PythonText, pythonString } from "./python-text.ts";

/** A migration as it stands in its file. */
export function migrationText(of: {
  readonly header: readonly string[];
  readonly text: PythonText;
  readonly atomic: boolean;
  /** Ids: `people.0006_x`. */
  readonly dependencies: readonly string[];
  /** Each over one or several lines, without indentation. */
  readonly operations: readonly string[];
}): string {
  of.text.need("from django.db import migrations");
  const lines = [
    ...of.header.flatMap((line) => line.split("\n")).map((line) => `# ${line}`.trimEnd()),
    "",
    ...importLines(of.text.imports()),
    ...of.text.functions().flatMap((code) => ["", "", ...code.split("\n")]),
    "",
    "",
    "class Migration(migrations.Migration):",
    ...(of.atomic ? [] : ["    atomic = False", ""]),
    "    dependencies = [",
    ...of.dependencies.map(
      (id) => `        (${pythonString(id.slice(0, id.indexOf(".")))}, ${pythonString(id.slice(id.indexOf(".") + 1))}),`,
    ),
    "    ]",
    "",
    "    operations = [",
    ...of.operations.flatMap((operation) => indented(`${operation},`, "        ")),
    "    ]",
    "",
  ];
  return lines.join("\n");
}

/** Names of one module together, as Django writes them. */
function importLines(imports: readonly string[]): readonly string[] {
  const plain = imports.filter((line) => line.startsWith("import "));
  const named = new Map<string, string[]>();
  for (const line of imports) {
    const match = /^from (\S+) import (.+)$/.exec(line);
    if (match?.[1] !== undefined) named.set(match[1], [...(named.get(match[1]) ?? []), match[2] ?? ""]);
  }
  const standard = plain.filter((line) => !line.includes("django"));
  const others = [
    ...plain.filter((line) => line.includes("django")),
    ...[...named]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, list]) => `from ${module} import ${[...new Set(list)].sort().join(", ")}`),
  ];
  return standard.length === 0 ? others : [...standard, "", ...others];
}

/** Lines of a call, as deep as it stands; SQL in triple quotes keeps its own lines. */
function indented(code: string, by: string): readonly string[] {
  let inside = false;
  return code.split("\n").map((line) => {
    const own = inside ? line : `${by}${line}`;
    if ((line.split('"""').length - 1) % 2 === 1) inside = !inside;
    return own;
  });
}
