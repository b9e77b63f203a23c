import { sqlTable } from "../../text/sql-name.ts";
import { ledgerSource, stepKey } from "../ledger-names.ts";
import { type Draft, EmitRefused, type Place } from "./contract.ts";
import { backStatements, raise, type SqlDraft, withSql } from "./text.ts";

/** One file of a tool whose migrations always run in a transaction. */
export interface InTransaction {
  readonly name: string;
  readonly header: readonly string[];
  readonly statements: readonly string[];
  readonly back: readonly string[];
}

/**
 * For tools whose migrations always run in a transaction (Supabase), or all of them in one (Drizzle): what cannot run so is run by
 * `tread apply`, the whole phase with it, and the phase's one file looks whether that was done. Where the tables are still empty (a new
 * installation, a test database) it does the work itself, since nobody waits there.
 * @param allInOne the tool runs everything that is pending in one transaction, so that locks are kept from file to file
 */
export function inTransactions(all: readonly Draft[], place: Pick<Place, "planFile">, allInOne: boolean): readonly InTransaction[] {
  const drafts = withSql(all);
  const phases = [...new Set(drafts.map(({ phase }) => phase))];
  return phases.flatMap((phase): readonly InTransaction[] => {
    const own = drafts.filter((draft) => draft.phase === phase);
    if (own.every(({ up }) => up.mode === "transaction") && (!allInOne || own.length === 1))
      return own.map((draft) => ({
        name: draft.name,
        header: draft.header,
        statements: draft.up.statements,
        back: backStatements(draft).statements,
      }));
    return [guard(own, place)];
  });
}

function guard(drafts: readonly SqlDraft[], { planFile }: Pick<Place, "planFile">): InTransaction {
  const [first] = drafts;
  const steps = drafts.filter(({ step }) => step.kind === "migrate" || step.kind === "backfill");
  const tables = [...new Set(steps.flatMap(tablesOf))];
  if (first === undefined || steps.length === 0 || tables.length === 0)
    throw new EmitRefused(
      `phase ${first?.phase ?? ""} cannot run in a transaction, and nothing tells whether its tables are empty`,
      `run the plan with \`tread apply ${planFile}\``,
    );
  const keys = steps.map((draft) => `'${stepKey(draft.phase, draft.step.name)}'`);
  const [, raised = ""] = /^DO \$tread\$\nBEGIN\n([\s\S]*)\nEND\n\$tread\$$/.exec(raise(`run this first: tread apply ${planFile}`)) ?? [];
  const body = steps.flatMap(({ step, up }) =>
    step.kind === "backfill"
      ? []
      : up.statements
          .filter((statement) => !/^SET LOCAL\b/.test(statement))
          // A block inside of the block.
          .map((statement) => `${statement.replace(/\bCONCURRENTLY\s+/i, "").replaceAll("$tread$", "$step$")};`),
  );
  return {
    name: `${first.name.slice(0, -(underscores(first.step.name) + 1))}_${first.phase.replaceAll("-", "_")}`,
    header: [
      ...drafts.map(({ header }) => header[0] ?? ""),
      ...drafts.map(({ step }) => `${step.name}: ${step.summary}`),
      ...first.header.slice(2),
      `This cannot run in a transaction, so tread runs it: tread apply ${planFile}. The file looks whether that was done.`,
    ],
    statements: [
      ...steps.flatMap(({ up }) => up.statements.filter((statement) => /^SET LOCAL\b/.test(statement))).slice(0, 1),
      [
        "DO $tread$",
        "BEGIN",
        "  IF to_regclass('tread.ledger') IS NOT NULL THEN",
        `    IF (SELECT count(*) FROM tread.ledger WHERE source = '${ledgerSource(first.plan)}' AND state = 'done' AND migration IN (${keys.join(", ")})) = ${keys.length} THEN`,
        "      RETURN;",
        "    END IF;",
        "  END IF;",
        `  IF ${tables.map((table) => `EXISTS (SELECT FROM ${sqlTable(table)})`).join(" OR ")} THEN`,
        `  ${raised}`,
        "  END IF;",
        ...body.map((statement) => `  ${statement}`),
        "END",
        "$tread$",
      ].join("\n"),
    ],
    back: [...drafts].reverse().flatMap((draft) => (draft.step.kind === "migrate" ? backStatements(draft).statements : [])),
  };
}

function underscores(name: string): number {
  return name.replaceAll(/[^a-z0-9]+/g, "_").length;
}

function tablesOf({ step }: Draft): readonly string[] {
  if (step.kind === "backfill") return [step.table];
  return step.kind === "migrate" ? step.operations.flatMap((operation) => (operation.op === "sql" ? [] : [operation.table])) : [];
}
