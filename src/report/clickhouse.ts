import { silentOf, type ClickHouseEffects, type SilentKind } from "../model/clickhouse/effects.ts";
import { isClickHouseEffects, type Report } from "../model/report.ts";
import { counted } from "../text/numbers.ts";

/** What a statement does to ClickHouse, in words that every format prints, the gravest first. */
export function clickhouseDid(effects: ClickHouseEffects): string[] {
  const { error } = effects;
  if (error !== null && effects.class === "refused") return [`refused: code ${error.code}: ${error.message}`];
  const failed = error === null ? [] : [`accepted, and failed afterwards: code ${error.code}: ${error.message}`];
  const did = [
    ...failed,
    ...silentOf(effects).map(
      ({ kind, what, decidedBy }) =>
        `${SILENT[kind]}${what === undefined ? "" : `: ${what}`}${decidedBy === null ? "" : `; decided by ${decidedBy}`}`,
    ),
  ];
  const { columns, parts, bytesWritten } = effects;
  const size = [
    ...(parts === null || parts === 0 ? [] : [counted(parts, "part")]),
    ...(bytesWritten === null || bytesWritten === 0 ? [] : [`${spellBytes(bytesWritten)} written per replica`]),
  ];
  did.push(
    [
      CLASSES[effects.class],
      ...(columns.length === 0 ? [] : [columns.length > 6 ? counted(columns.length, "column") : columns.join(", ")]),
      ...size,
    ].join(" · "),
  );
  if (effects.blocks !== "none")
    did.push(`holds up ${effects.blocks === "mutations-behind-it" ? "the mutations behind it" : effects.blocks}`);
  return did;
}

const CLASSES = {
  metadata: "metadata only",
  mutation: "mutation: parts are written anew in the background",
  "at-merge": "takes effect when parts are merged",
  rebuild: "rows are written or taken away at once",
  refused: "refused",
} satisfies Record<ClickHouseEffects["class"], string>;

const SILENT = {
  unreadable: "silent: reads fail afterwards",
  wraps: "silent: values become other values",
  "drops-values": "silent: values are lost",
  duplicates: "silent: rows arrive twice",
  semantics: "silent: the same bytes mean something else",
} satisfies Record<SilentKind, string>;

export interface ClickHouseRow {
  readonly migration: string;
  readonly index: number;
  readonly sql: string;
  readonly class: ClickHouseEffects["class"];
  /** Silent damage first. */
  readonly did: readonly string[];
  readonly grave: boolean;
}

/** Every judged ClickHouse statement with what it does. Empty where nothing is for ClickHouse. */
export function clickhouseRows(report: Report): readonly ClickHouseRow[] {
  return report.migrations
    .filter(({ judged, database }) => judged && database === "clickhouse")
    .flatMap(({ id, statements }) =>
      statements.flatMap(({ index, sql, predicted }) =>
        predicted === null || !isClickHouseEffects(predicted)
          ? []
          : [
              {
                migration: id,
                index,
                sql,
                class: predicted.class,
                did: clickhouseDid(predicted),
                grave: predicted.error !== null || predicted.silent !== null,
              },
            ],
      ),
    );
}

/** `ClickHouse 26.7`, `PostgreSQL 17`, or both: the servers that an environment's verdict is about. */
export function serversOf(report: Report, environment: Report["environments"][number]): string {
  const { postgres, clickhouse } = environment;
  const hasPostgres = clickhouse === undefined || report.migrations.some(({ database }) => database === "postgres");
  return [...(hasPostgres ? [`PostgreSQL ${postgres}`] : []), ...(clickhouse === undefined ? [] : [`ClickHouse ${clickhouse}`])].join(", ");
}

/** What the answers of `--facts` settled: `2 settle a hazard, 1 confirms one, 1 is of no use here`. */
export function factsOf(report: Report): string | null {
  const { facts } = report;
  if (facts === undefined || facts.length === 0) return null;
  const count = (use: (typeof facts)[number]["use"]): number => facts.filter((fact) => fact.use === use).length;
  const parts = [
    ...(count("silences") === 0 ? [] : [`${count("silences")} say 0 rows, so what they decide does not happen`]),
    ...(count("confirms") === 0 ? [] : [`${count("confirms")} confirm what they decide`]),
    ...(count("unused") === 0 ? [] : [`${count("unused")} are of no use here`]),
  ];
  return `${counted(facts.length, "answer")} from ${[...new Set(facts.map(({ file }) => file))].join(", ")}: ${parts.join("; ")}`;
}

function spellBytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : Number(amount.toFixed(1))} ${units[unit]}`;
}
