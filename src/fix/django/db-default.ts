import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadedPython, type PyNode } from "./loaded-python.ts";
import { refused } from "../contract.ts";
import { applyEdits, insertion, type Edit } from "../edits.ts";
import { encodeLike, textFile } from "../text-file.ts";
import type { FileWritten } from "../tools/tool.ts";
import type { DjangoFix, DjangoProblem } from "./contract.ts";
import { djangoVersion } from "./django-version.ts";
import { argument, assigned, calledName, plainString } from "./python-file.ts";

/**
 * A default that Django drops again after ADD COLUMN stays in the database as `db_default` (Django 5.0 and newer), in the migration and
 * on the model, which have to agree: otherwise makemigrations would take it away again.
 */
export const dbDefault: DjangoFix = {
  id: "db-default",
  rules: ["add-column-default-dropped"],
  propose(problem) {
    const { operation, place } = problem;
    const { finding } = place;
    const field = operation === null ? null : argument(operation, "field", 2);
    if (operation === null || calledName(operation) !== "AddField" || field?.type !== "call")
      return refused("the field is not written out in an AddField", finding.help);
    const value = argument(field, "default", null);
    if (value === null || !isPlain(value)) {
      return refused("the default is not a plain value: a callable cannot stand in the database", finding.help);
    }
    if (argument(field, "db_default", null) !== null) return null;
    if (argument(operation, "preserve_default", 3)?.text === "False") {
      return refused(
        "the default was given for this migration only (`preserve_default=False`), the model has none",
        `db_default=${value.text} on the model's field, then makemigrations anew`,
      );
    }
    const version = djangoVersion(problem, place.checked.analysis.options);
    if (version === null || version.major < 5) {
      return refused(
        version === null
          ? "which Django the project uses was not found in its requirements, pyproject.toml or lock files"
          : `db_default came with Django 5.0, and ${version.from} allows ${version.text}`,
        finding.help,
      );
    }
    const model = plainString(argument(operation, "model_name", 0));
    const name = plainString(argument(operation, "name", 1));
    const onModel = model === null || name === null ? null : modelField(problem, model, name, value.text);
    if (onModel === null) {
      return refused(
        `the field with the same default was not found on the model, and the two have to agree`,
        `db_default=${value.text} on the model's field and in the migration`,
      );
    }
    const dropped = place.judged.statement.changes.find((change) => change.kind === "set-default");
    if (dropped === undefined) return null;
    return {
      kind: "remedy",
      keepsDefault: { table: dropped.table, column: dropped.column },
      summary: `db_default=${value.text} beside the default, in the migration and on the model`,
      edits: [beside(value)],
      files: [onModel],
    };
  },
};

/** Numbers, strings and booleans: what both Python and the database know as the same. */
function isPlain(node: PyNode): boolean {
  if (node.type === "unary_operator") return /^[-+]\d/.test(node.text);
  return ["integer", "float", "true", "false"].includes(node.type) || (node.type === "string" && plainString(node) !== null);
}

function beside(value: PyNode): Edit {
  return insertion(value.end, `, db_default=${value.text}`);
}

/** The model's file with the same change, when there is exactly one field of that name and default. */
function modelField({ migration, read }: DjangoProblem, model: string, name: string, value: string): FileWritten | null {
  const folder = dirname(dirname(migration.file.absolute));
  const shown = dirname(dirname(migration.file.path));
  const candidates = [["models.py"], ...pythonIn(join(folder, "models")).map((file) => ["models", file])];
  const found: FileWritten[] = [];
  for (const parts of candidates) {
    const absolute = join(folder, ...parts);
    const bytes = read(absolute);
    const file = bytes === null ? null : textFile([shown, ...parts].join("/"), absolute, bytes);
    if (file === null) continue;
    const module = loadedPython(file.path, file.text);
    if (module === null || module.errors.length > 0) continue;
    for (const cls of module.root.namedChildren) {
      const definition = cls.type === "decorated_definition" ? cls.child("definition") : cls;
      if (definition?.type !== "class_definition" || definition.child("name")?.text.toLowerCase() !== model.toLowerCase()) continue;
      const field = assigned(definition.child("body")?.namedChildren ?? [], name);
      const given = field?.type === "call" ? argument(field, "default", null) : null;
      if (field === null || given === null || given.text !== value || argument(field, "db_default", null) !== null) continue;
      const text = applyEdits(file.text, [beside(given)]);
      const encoded = text === null ? null : encodeLike(file, text);
      if (text !== null && encoded !== null) found.push({ absolute, path: file.path, text, bytes: encoded, shared: true });
    }
  }
  const [only] = found;
  return found.length === 1 && only !== undefined ? only : null;
}

function pythonIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".py"))
      .sort();
  } catch {
    return [];
  }
}
