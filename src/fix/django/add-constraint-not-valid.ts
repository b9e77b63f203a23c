import { dirname, join } from "node:path";
import type { Migration } from "../../model/migration.ts";
import { folderOf, joinPath } from "../../sources/files/paths.ts";
import { refused } from "../contract.ts";
import { slug } from "../tools/numbers.ts";
import type { FileWritten } from "../tools/tool.ts";
import type { DjangoFix, DjangoProblem } from "./contract.ts";
import { argument, calledName, imported, plainString } from "./python-file.ts";

/** A CheckConstraint is added NOT VALID, and validated in a migration that follows the app's last one. */
export const addConstraintNotValid: DjangoFix = {
  id: "add-constraint-not-valid",
  rules: ["add-check-validated"],
  propose(problem) {
    const { operation, place, migration } = problem;
    const { finding, judged } = place;
    const callee = operation?.child("function") ?? null;
    if (operation === null || callee === null || calledName(operation) !== "AddConstraint") {
      return refused("the check does not come from an AddConstraint of its own", finding.help);
    }
    const constraint = argument(operation, "constraint", 1);
    const model = argument(operation, "model_name", 0);
    const name = judged.statement.changes.find((change) => change.kind === "add-constraint")?.constraint.name;
    if (
      constraint === null ||
      calledName(constraint) !== "CheckConstraint" ||
      plainString(model) === null ||
      name === undefined ||
      /["\\]/.test(name)
    ) {
      return refused("the constraint is not written out in the operation", finding.help);
    }
    const imports = imported(migration, "django.contrib.postgres.operations", ["AddConstraintNotValid"]);
    if (imports === null) return refused("`AddConstraintNotValid` means something else in the file", finding.help);
    const { newline } = migration.file;
    const part = [
      `        ValidateConstraint(`,
      `            model_name=${model?.text ?? ""},`,
      `            name="${name}",`,
      `        ),`,
    ].join(newline);
    return {
      kind: "remedy",
      summary: `AddConstraint → AddConstraintNotValid, and ValidateConstraint in a migration that follows`,
      edits: [...imports, { start: callee.start, end: callee.end, text: "AddConstraintNotValid" }],
      follow: { parts: [part], make: (parts, known) => follow(problem, parts, known, `validate_${name}`) },
    };
  },
};

interface Named {
  readonly id: string;
  readonly prefix: string;
  readonly app: string;
  readonly name: string;
}

/** `people.0002_x`, behind `folder/` where two projects have the same app. */
function named(id: string): Named {
  const cut = id.lastIndexOf("/") + 1;
  const dot = id.indexOf(".", cut);
  return { id, prefix: id.slice(0, cut), app: id.slice(cut, dot), name: id.slice(dot + 1) };
}

function follow(
  problem: DjangoProblem,
  parts: readonly string[],
  known: readonly Migration[],
  stem: string,
): readonly FileWritten[] | null {
  const { migration, place, read } = problem;
  const own = named(place.judged.migration.id);
  const app = known.filter((other) => {
    const { prefix, app: label } = named(other.id);
    return other.source === "django" && prefix === own.prefix && label === own.app;
  });
  const needed = new Set(app.flatMap((other) => [...other.dependsOn, ...other.replaces]));
  const leaves = app.filter((other) => !needed.has(other.id));
  const [leaf] = leaves;
  // With two leaves Django does not migrate at all.
  if (leaf === undefined || leaves.length > 1) return null;
  const numbers = app.flatMap((other) => /^(\d+)_/.exec(named(other.id).name)?.[1] ?? []);
  const width = /^(\d+)_/.exec(own.name)?.[1]?.length ?? 4;
  const name = `${String(Math.max(0, ...numbers.map(Number)) + 1).padStart(width, "0")}_${slug(stem)}`;
  const { newline, absolute, path } = migration.file;
  const lines = [
    "from django.contrib.postgres.operations import ValidateConstraint",
    "from django.db import migrations",
    "",
    "",
    "class Migration(migrations.Migration):",
    "    dependencies = [",
    `        ("${own.app}", "${named(leaf.id).name}"),`,
    "    ]",
    "",
    "    operations = [",
    ...parts,
    "    ]",
    "",
  ];
  const [folder, shown] = [dirname(absolute), folderOf(path)];
  const files: FileWritten[] = [
    {
      absolute: join(folder, `${name}.py`),
      path: joinPath(shown, `${name}.py`),
      text: lines.join(newline),
      id: `${own.prefix}${own.app}.${name}`,
      dependsOn: [leaf.id],
    },
  ];
  // django-linear-migrations keeps the name of the last migration in a file, so that two branches conflict in git.
  const last = join(folder, "max_migration.txt");
  if (read(last) !== null) files.push({ absolute: last, path: joinPath(shown, "max_migration.txt"), text: `${name}\n`, shared: true });
  return files;
}
