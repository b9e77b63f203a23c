import type { PyNode } from "../../sources/django/python.ts";
import { refused, type Refusal } from "../contract.ts";
import type { Edit } from "../edits.ts";
import type { DjangoFix, DjangoProblem, DjangoRemedy } from "./contract.ts";
import { calledName, imported, nonAtomic } from "./python-file.ts";

const CONCURRENT: Readonly<Record<string, string>> = { AddIndex: "AddIndexConcurrently", RemoveIndex: "RemoveIndexConcurrently" };

/** What may run outside of a transaction beside them: it sends nothing, or is concurrent already. */
const STANDS_ALONE: ReadonlySet<string> = new Set([
  "AddIndexConcurrently",
  "RemoveIndexConcurrently",
  "AlterModelOptions",
  "AlterModelManagers",
]);

/** All index operations of the migration at once, since `atomic = False` holds for all of it. */
export const addIndexConcurrently: DjangoFix = {
  id: "add-index-concurrently",
  rules: ["create-index-blocking", "drop-index-blocking", "hot-table-alter", "concurrently-in-transaction"],
  propose(problem) {
    const { operation, place } = problem;
    const name = operation === null ? null : calledName(operation);
    if (
      name === "AddIndex" ||
      name === "RemoveIndex" ||
      (place.finding.rule === "concurrently-in-transaction" && STANDS_ALONE.has(name ?? ""))
    )
      return convert(problem);
    if (place.finding.rule === "hot-table-alter") return null;
    if (place.judged.statement.changes.every((change) => change.kind !== "create-index" && change.kind !== "drop-index")) return null;
    return refused(reasonFor(place.judged.statement.operation ?? ""), place.finding.help);
  },
};

function convert({ migration, place }: DjangoProblem): DjangoRemedy | Refusal {
  const operations = migration.operations ?? [];
  const others = operations.filter((each) => {
    const name = calledName(each);
    return name === null || (CONCURRENT[name] === undefined && !STANDS_ALONE.has(name));
  });
  if (others.length > 0) {
    const names = [...new Set(others.map((each) => calledName(each) ?? "something else"))].join(", ");
    return refused(
      `the migration also holds ${names}, which must stay in a transaction`,
      "move the index into a migration of its own, and run --fix again",
    );
  }
  const partitioned = place.judged.statement.changes.some(
    (change) => change.kind === "create-index" && place.judged.before.relations.get(change.table)?.kind === "partitioned-table",
  );
  if (partitioned) return refused("the table is partitioned, where Postgres refuses CONCURRENTLY", place.finding.help);
  const changed = operations.flatMap((each): { callee: PyNode; to: string }[] => {
    const callee = each.child("function");
    const to = CONCURRENT[calledName(each) ?? ""];
    return callee === null || to === undefined ? [] : [{ callee, to }];
  });
  const atomic = nonAtomic(migration);
  const imports = imported(migration, "django.contrib.postgres.operations", [...new Set(changed.map(({ to }) => to))]);
  if (atomic === null || imports === null) {
    return refused(
      atomic === null ? "there is no plain place for `atomic = False`" : "a name that has to be imported means something else in the file",
      place.finding.help,
    );
  }
  const edits: Edit[] = [...imports, ...atomic, ...changed.map(({ callee, to }) => ({ start: callee.start, end: callee.end, text: to }))];
  const words = [...new Set(changed.map(({ callee, to }) => `${calledOf(callee)} → ${to}`))];
  return { kind: "remedy", summary: [...words, ...(atomic.length > 0 ? ["atomic = False"] : [])].join(", "), edits };
}

function calledOf(callee: PyNode): string {
  return callee.text.slice(callee.text.lastIndexOf(".") + 1);
}

function reasonFor(operation: string): string {
  if (/^(?:AddField|AlterField)\b/.test(operation))
    return "the index comes with its field (`db_index`, or a foreign key), and Django cannot build that one concurrently";
  if (operation.startsWith("RunSQL")) return "the SQL stands inside of RunSQL";
  return "the operation is not an element of `operations` itself";
}
