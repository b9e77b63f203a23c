import type { Migration, SqlStep } from "../../model/migration.ts";
import type { Span } from "../../text/span.ts";
import { planHash } from "../hash.ts";
import { ledgerSource, stepKey } from "../ledger-names.ts";
import type { BackfillStep, MigrateStep, Plan, Undo } from "../types.ts";

/**
 * The steps of a plan that send SQL, as migrations: judged, run and recorded like any other. Their key in the ledger is `plan:NAME` and
 * `phase/step`, their hash that of the whole plan, so that an edit of any step is noticed by all.
 * @param folder what the ledger's sources are relative to, as seen from the working directory
 * @param spanOf where a step stands in the plan's file
 */
export function planMigrations(plan: Plan, folder: string, spanOf: (phase: number, step: number) => Span): readonly Migration[] {
  const hash = planHash(plan);
  return plan.phases.flatMap((phase, at) =>
    phase.steps.flatMap((step, index): readonly Migration[] => {
      if (step.kind !== "migrate" && step.kind !== "backfill") return [];
      const span = spanOf(at, index);
      const path = `${folder === "" ? "" : `${folder}/`}${ledgerSource(plan.name)}/${step.name}`;
      return [
        {
          id: stepKey(phase.name, step.name),
          path,
          source: "plan",
          layout: "plain",
          database: plan.database,
          transaction: step.kind === "migrate" && step.transaction ? "per-migration" : "none",
          steps: textsOf(step).map((sql) => sqlStep(sql, span, step.down)),
          down: step.down.possible ? "present" : "missing",
          // Also where nothing is to be sent: going forth again, it is run again.
          ...(step.down.possible
            ? {
                back: {
                  path,
                  transaction: step.down.transaction ? ("per-migration" as const) : ("none" as const),
                  steps: step.down.sql.map((sql) => sqlStep(sql, span, step.down)),
                },
              }
            : {}),
          dependsOn: [],
          replaces: [],
          hash,
        },
      ];
    }),
  );
}

function textsOf(step: MigrateStep | BackfillStep): readonly string[] {
  return step.kind === "migrate" ? step.sql : [`-- tread: backfill ${directive(step)}\n${step.sql}`];
}

function directive({ table, key, batch, verify, newWrites }: BackfillStep): string {
  const quoted = (text: string): string => `'${text.replaceAll(/\s+/g, " ").trim().replaceAll("'", "''")}'`;
  return [
    `table=${table}`,
    ...(key.length === 0 ? [] : [`key=${key.join(",")}`]),
    `batch=${batch ?? "auto"}`,
    `verify=${quoted(verify)}`,
    `new-writes=${quoted(newWrites)}`,
  ].join(" ");
}

function sqlStep(sql: string, span: Span, down: Undo): SqlStep {
  return {
    kind: "sql",
    sql,
    span,
    verbatim: false,
    operation: null,
    reverse: down.possible ? "present" : "missing",
    suppressions: [],
  };
}
