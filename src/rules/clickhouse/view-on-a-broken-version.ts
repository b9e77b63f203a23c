import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList } from "./words.ts";

export const viewOnABrokenVersion: ClickHouseRule = clickHouseRuleFor(["exchange-tables", "modify-query"], {
  id: "view-on-a-broken-version",
  summary: "EXCHANGE of a view's source on 26.5, MODIFY QUERY with another source on 25.11: the view is no longer fed there",
  check(change, statement, context): ClickHouseHazard | null {
    if (context.effectsOf(statement, change).error !== null) return null;
    const series = context.version.split(".").slice(0, 2).join(".");
    if (change.kind === "exchange-tables") {
      const views = [...context.graph(statement.before).fedBy(change.name), ...context.graph(statement.before).fedBy(change.with)];
      if (series !== "26.5" || views.length === 0) return null;
      return {
        severity: "error",
        about: change.name,
        message: `EXCHANGE of ${named(change.name)}, which feeds ${namedList(views.map(({ name }) => name))}, loses rows on ClickHouse 26.5.1`,
        label: "a regression of 26.5, mended in a later patch",
        why: "In 26.5.1 the views are silently no longer fed after EXCHANGE (ClickHouse#105021, mended by #105029).",
        help: "upgrade past it first; or create the views anew after the EXCHANGE, and insert one row as a probe before writers go on",
        evidence: [],
      };
    }
    const before = statement.before.tables.get(change.table)?.select?.reads[0]?.table;
    const after = change.select.reads[0]?.table;
    if (series !== "25.11" || before === undefined || before === after) return null;
    return {
      severity: "error",
      about: change.table,
      message: `MODIFY QUERY of ${named(change.table)} changes its source from ${named(before)} to ${after === undefined ? "another" : named(after)}: on ClickHouse 25.11 the view is not fed by the new one`,
      why: "Reported for 25.11 (ClickHouse#92695): the view stays subscribed to the old source.",
      help: "drop the view and create it anew, and insert one row as a probe",
      evidence: [],
    };
  },
});
