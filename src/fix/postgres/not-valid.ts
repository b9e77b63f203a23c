import type { ChangeOf } from "../../model/change.ts";
import type { Constraint } from "../../model/schema.ts";
import { displayName } from "../../model/schema.ts";
import { sqlName } from "../../rules/words.ts";
import { refused, type Refusal, type Remedy, type SqlFix, type SqlProblem } from "../contract.ts";
import { insertion, type Edit } from "../edits.ts";
import { alterTable, hasChildren, isWord, spelled, type SqlStatement } from "../sql-statement.ts";

/** A constraint that is proved at once becomes NOT VALID, and is validated in a transaction of its own. */
export function notValid(kind: "foreign-key" | "check" | "not-null", rule: string): SqlFix {
  return { id: rule, rules: [rule], propose: (problem) => propose(problem, kind) };
}

function propose(problem: SqlProblem, wanted: "foreign-key" | "check" | "not-null"): Remedy | Refusal | null {
  const { judged, statement, environments } = problem;
  const added = judged.statement.changes.filter((change) => change.kind === "add-constraint");
  if (!added.some(({ constraint }) => constraint.kind === wanted)) {
    const inline = judged.statement.changes.some(
      (change) => change.kind === "add-column" && change.constraints.some((constraint) => constraint.kind === wanted),
    );
    return inline
      ? refused(
          "the constraint stands on a new column with a default",
          "add the column without it, then ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own",
        )
      : null;
  }
  const parts = alterTable(statement);
  if (parts !== null && parts.only && hasChildren(judged.before, added[0]?.table ?? ""))
    return refused("ONLY leaves the tables below it out", byHand(added[0]?.constraint));
  if (parts === null) return refused("the constraint is added by something else than ALTER TABLE", byHand(added[0]?.constraint));
  const actions = parts.actions.filter((action) => addsConstraint(action));
  // Both come in the order of the statement: the n-th that adds a constraint made the n-th change.
  if (actions.length !== added.length) return refused("its parts could not be told apart", byHand(added[0]?.constraint));
  const edits: Edit[] = [];
  const after: string[] = [];
  const names: string[] = [];
  for (const [n, change] of added.entries()) {
    const { constraint } = change;
    const action = actions[n] ?? [];
    if (!STAGED.has(constraint.kind) || !constraint.validated || !constraint.enforced) continue;
    if (constraint.kind === "foreign-key") {
      const refusal = onPartitions(change, problem);
      if (refusal !== null) return refusal;
    }
    const last = action.at(-1);
    const first = action[1];
    if (last === undefined || first === undefined) return refused("its parts could not be told apart", byHand(constraint));
    const name = sqlName(constraint.name);
    // Without a name of its own it gets the one that Postgres would choose, so that there is something to validate.
    if (!isWord(first, "constraint")) edits.push(insertion(first.start, `${spelled(statement, "CONSTRAINT")} ${name} `));
    edits.push(insertion(last.end, ` ${spelled(statement, "NOT VALID")}`));
    after.push(`${parts.head} ${spelled(statement, "VALIDATE CONSTRAINT")} ${name}`);
    names.push(constraint.name);
  }
  if (after.length === 0) return null;
  if (wanted === "not-null" && environments.some(({ postgres }) => postgres < 18)) return null;
  return {
    kind: "remedy",
    summary: `${names.join(", ")} is added NOT VALID and validated in a transaction of its own`.replace(
      /^(.*, .*) is added/,
      "$1 are added",
    ),
    edits,
    after,
    named: `validate_${names[0] ?? "constraint"}`,
  };
}

const STAGED: ReadonlySet<Constraint["kind"]> = new Set(["foreign-key", "check", "not-null"]);

function addsConstraint(action: SqlStatement["tokens"]): boolean {
  return isWord(action[0], "add") && isWord(action[1], "constraint", "check", "foreign", "unique", "primary", "exclude", "not");
}

/** Before 18 a foreign key of a partitioned table cannot be NOT VALID (tried on 13 to 18). */
function onPartitions(change: ChangeOf<"add-constraint">, { judged, environments }: SqlProblem): Refusal | null {
  if (judged.before.relations.get(change.table)?.kind !== "partitioned-table") return null;
  const old = environments.filter(({ postgres }) => postgres < 18);
  if (old.length === 0) return null;
  return refused(
    `${displayName(change.table)} is partitioned, and PostgreSQL ${old[0]?.postgres} knows no foreign key there that is NOT VALID`,
    "add it NOT VALID to each partition and validate it there, then to the table itself",
  );
}

function byHand(constraint: Constraint | undefined): string {
  return `ADD CONSTRAINT ${constraint?.name ?? "…"} … NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own`;
}
