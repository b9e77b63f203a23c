import type { JudgedStatement } from "../model/judged.ts";
import { positionOf, refused, type Refusal } from "./contract.ts";
import { insertion, type Edit } from "./edits.ts";
import { behindSemicolon, isWord, locate, type SqlStatement } from "./sql-statement.ts";
import { toolOf } from "./tools/index.ts";
import { markers } from "./tools/switch-off.ts";
import { NOTHING, type Arrangement, type Surroundings } from "./tools/tool.ts";

/** A remedy together with what its file needs, ready to be applied. `follow` still has to get a file. */
export interface Arranged {
  readonly kind: "arranged";
  readonly edits: readonly Edit[];
  readonly files: Arrangement["files"];
  readonly notes: readonly string[];
  /** Statements for a migration that follows, in a transaction of its own. */
  readonly follow: readonly string[];
}

/** Decides how the tool comes to run the remedy's statements where they have to run: outside of a transaction, or in another one. */
export function arrange(around: Surroundings): Arranged | Refusal {
  const { problem, remedy } = around;
  const outside = remedy.outside === true ? runOutside(around) : NOTHING;
  if (outside.kind === "refused") return outside;
  const base = {
    kind: "arranged" as const,
    edits: [...remedy.edits, ...outside.edits],
    files: outside.files,
    notes: [...outside.notes, ...notesOf(around)],
  };
  const after = remedy.after ?? [];
  if (after.length === 0) return { ...base, follow: [] };

  const { migration, statement: judged } = problem.judged;
  const tool = toolOf(migration.layout);
  const { statement } = problem;
  const { newline, text } = statement.file;
  const each =
    migration.transaction === "none" || (remedy.outside === true && migration.transaction === "per-migration" && tool.outside === "each");
  if (each && (judged.transaction === null || remedy.outside === true)) {
    if (inBlock(statement)) {
      return refused(
        "it stands between StatementBegin and StatementEnd, which are sent as one query",
        "write the statements below each other outside of the block",
      );
    }
    const added = after.map((sql) => `;${newline}${statement.indent}${sql}`).join("");
    return { ...base, edits: [...base.edits, insertion(statement.end, added)], follow: [] };
  }
  if (migration.transaction === "none") {
    const at = behindCommit(problem.siblings, problem.judged, statement);
    if (at === null) {
      return refused("the COMMIT of its transaction was not found", `behind the COMMIT: ${after.join("; ")};`);
    }
    const line = /^[ \t]*(?:\r?\n|$)/.test(text.slice(at)) ? "" : newline;
    return { ...base, edits: [...base.edits, insertion(at, after.map((sql) => `${newline}${sql};`).join("") + line)], follow: [] };
  }
  if (remedy.together === true) {
    return refused(
      `${tool.name} sends the file as one query, and it would hold ${after.length + 1} statements`,
      "a migration for each of them",
    );
  }
  if (tool.follow === undefined || migration.transaction === "all-pending") {
    return refused(
      migration.transaction === "all-pending"
        ? `${tool.name} runs all pending migrations in one transaction`
        : `a following migration of ${tool.name} cannot be made by editing files`,
      `in a migration that is deployed after this one: ${after.join("; ")};`,
    );
  }
  return { ...base, follow: after };
}

function notesOf({ problem, remedy }: Surroundings): readonly string[] {
  const tool = toolOf(problem.judged.migration.layout);
  return [
    ...(tool.afterEdit === undefined ? [] : [tool.afterEdit]),
    ...(remedy.outside === true && tool.concurrentlyNote !== undefined ? [tool.concurrentlyNote] : []),
  ];
}

/** Statements that may share a file with one that runs outside of a transaction: each is complete in itself. */
function standsAlone({ statement }: JudgedStatement): boolean {
  return statement.changes.every(
    (change) =>
      change.kind === "create-index" ||
      change.kind === "drop-index" ||
      change.kind === "reindex" ||
      (change.kind === "detach-partition" && change.concurrently) ||
      (change.kind === "set" && !change.local),
  );
}

const boundBy = new WeakMap<readonly JudgedStatement[], readonly JudgedStatement[]>();

/** The statements of a migration that need its transaction; looked through once, as each of 10,000 indexes asks for them. */
function bound(siblings: readonly JudgedStatement[]): readonly JudgedStatement[] {
  let found = boundBy.get(siblings);
  if (found === undefined) boundBy.set(siblings, (found = siblings.filter((sibling) => !standsAlone(sibling))));
  return found;
}

function runOutside(around: Surroundings): Arrangement | Refusal {
  const { problem } = around;
  const { judged, siblings, statement } = problem;
  const { migration } = judged;
  const tool = toolOf(migration.layout);
  const ownFile = (how: string): string => `move it into a migration of its own${how}`;
  switch (migration.transaction) {
    case "none":
      return judged.statement.transaction === null ? NOTHING : withoutBegin(siblings, judged, statement);
    case "single-query":
      if (judged.statement.transaction === null) return NOTHING;
      return refused(
        `${tool.name} sends the file as one query, and its ${siblings.length} statements are one transaction`,
        ownFile(", which holds nothing else"),
      );
    case "all-pending":
      return refused(
        `${tool.name} runs all pending migrations in one transaction, and knows no way around it`,
        "run the statement by hand with psql, and record the migration as done",
      );
    case "per-migration": {
      if (tool.switchOff === undefined || tool.outside === null) {
        return refused(
          `${tool.name} runs every migration in a transaction, and knows no way around it`,
          "run the statement by hand with psql, and record the migration as done",
        );
      }
      const inTheWay = (tool.outside === "one-query" ? siblings : bound(siblings)).filter((other) => other !== judged);
      if (inTheWay.length > 0) {
        const count = inTheWay.length === 1 ? "another statement" : `${inTheWay.length} other statements`;
        return refused(
          tool.outside === "one-query"
            ? `the file holds ${count}: without a transaction ${tool.name} sends them as one query, which is one again`
            : `the file holds ${count} that must stay in a transaction`,
          ownFile(` that runs outside of a transaction (${SPELLED[tool.name] ?? tool.name})`),
        );
      }
      // Flyway takes a file out of its transaction by itself when everything in it asks for that.
      if (
        tool.name === "flyway" &&
        siblings.every((other) => other === judged || other.statement.changes.every((change) => change.kind === "set"))
      )
        return NOTHING;
      return tool.switchOff(around);
    }
    default:
      return migration.transaction satisfies never;
  }
}

const SPELLED: Readonly<Record<string, string>> = {
  goose: "`-- +goose NO TRANSACTION`",
  dbmate: "`-- migrate:up transaction:false`",
  "sql-migrate": "`-- +migrate Up notransaction`",
  flyway: "`executeInTransaction=false` in its .sql.conf",
  sqlx: "`-- no-transaction` as its first line",
  diesel: "`run_in_transaction = false` in its metadata.toml",
  atlas: "`-- atlas:txmode none` at its top",
};

/** BEGIN and COMMIT around nothing but this statement go. */
function withoutBegin(siblings: readonly JudgedStatement[], judged: JudgedStatement, statement: SqlStatement): Arrangement | Refusal {
  const inside = siblings.filter((sibling) => sibling.statement.transaction === judged.statement.transaction);
  const [begin] = inside;
  const commit = inside.at(-1);
  const frame = [begin, commit].filter((each) => each !== undefined && each !== judged);
  const framed =
    begin?.statement.changes.every((change) => change.kind === "begin") === true &&
    commit?.statement.changes.every((change) => change.kind === "commit") === true;
  if (!framed || inside.length !== 3 || frame.length !== 2) {
    return refused(
      "it stands between BEGIN and COMMIT together with other statements",
      "move it behind the COMMIT, or into a migration of its own",
    );
  }
  const { text } = statement.file;
  const edits: Edit[] = [];
  for (const each of frame) {
    const found = each === undefined ? null : locate(statement.file, each.statement);
    const end = found === null ? null : behindSemicolon(text, found.end);
    if (found === null || end === null || isWord(found.tokens.at(-1), "chain"))
      return refused("its BEGIN and COMMIT could not be told apart", "take it out of the transaction");
    // With its line, where nothing else stands on it.
    const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0] ?? "";
    edits.push({ start: found.start, end: end + rest.length, text: "" });
  }
  return { ...NOTHING, edits };
}

/** Offset behind the semicolon of the COMMIT that ends the statement's transaction. */
function behindCommit(siblings: readonly JudgedStatement[], judged: JudgedStatement, statement: SqlStatement): number | null {
  const commit = siblings
    .slice(positionOf(siblings, judged) + 1)
    .find(
      (sibling) =>
        sibling.statement.transaction === judged.statement.transaction &&
        sibling.statement.changes.some((change) => change.kind === "commit"),
    );
  const found = commit === undefined ? null : locate(statement.file, commit.statement);
  if (found === null || isWord(found.tokens.at(-1), "chain")) return null;
  return behindSemicolon(statement.file.text, found.end);
}

/** goose and sql-migrate send what stands between these markers as one query. */
function inBlock(statement: SqlStatement): boolean {
  const block = /^--[ \t]*\+(?:goose|migrate)[ \t]+Statement(Begin|End)\b/i;
  const before = markers(statement.file, block).filter((marker) => marker.end <= statement.start);
  const last = before.at(-1);
  return last !== undefined && /begin/i.test(statement.file.text.slice(last.start, last.end));
}
