import { Expressions } from "./generate-expressions.ts";

const tables = [
  "events",
  "db.events_local",
  "`web hits`",
  "numbers(10)",
  "remote('h', db.t)",
  "s3('https://b/x.csv', 'CSV')",
  "{t:Identifier}",
];

/** SELECT and everything in it. */
export class Queries extends Expressions {
  table(depth: number): string {
    const r = this.random;
    const source = depth > 0 && r.chance(0.25) ? `(${this.query(depth - 1)})` : r.pick(tables);
    return `${source}${r.maybe(` AS ${r.pick(["t", "u"])}`)}${r.maybe(" FINAL", 0.15)}${r.maybe(" SAMPLE 1/10", 0.1)}`;
  }

  private join(depth: number): string {
    const r = this.random;
    const kind = r.pick([
      "JOIN",
      "LEFT JOIN",
      "INNER JOIN",
      "ANY LEFT JOIN",
      "GLOBAL LEFT JOIN",
      "ASOF JOIN",
      "FULL OUTER JOIN",
      "LEFT SEMI JOIN",
      "SEMI LEFT JOIN",
    ]);
    return r.pick([
      () => ` ${kind} ${this.table(depth)} ON ${this.expression(1)}`,
      () => ` ${kind} ${this.table(depth)} USING (${r.list(() => this.column(), 1, 2)})`,
      () => ` CROSS JOIN ${this.table(depth)}`,
      () => `, ${this.table(depth)}`,
      () => ` ${r.maybe("LEFT ")}ARRAY JOIN ${this.column()} AS item`,
    ])();
  }

  select(depth: number): string {
    const r = this.random;
    const item = (): string =>
      r.pick([
        () => this.expression(2),
        () => `${this.expression(2)} AS ${r.pick(["x", "y", "total"])}`,
        () => `${this.column()} z`,
        () => this.aggregate(),
        () => "*",
        () => "t.*",
        () => "* EXCEPT (a, b) REPLACE (1 AS c) APPLY(sum)",
        () => "COLUMNS('^prop_')",
      ])();
    const order = (): string =>
      `${this.expression(1)}${r.pick(["", " ASC", " DESC", " DESC NULLS LAST", " WITH FILL FROM 1 TO 10 STEP 2"])}`;
    return [
      r.maybe(
        `WITH ${r.pick([`recent AS (${depth > 0 ? this.query(depth - 1) : "SELECT 1"})`, `${this.expression(1)} AS threshold`])} `,
        0.15,
      ),
      `SELECT ${r.maybe("DISTINCT ", 0.1)}${r.list(item, 1, 4)}`,
      r.maybe(` FROM ${this.table(depth)}${r.maybe(this.join(depth), 0.3)}`, 0.9),
      r.maybe(` PREWHERE ${this.expression(2)}`, 0.1),
      r.maybe(` WHERE ${this.expression(3)}`, 0.5),
      r.maybe(
        ` GROUP BY ${r.pick(["ALL", r.list(() => this.expression(1), 1, 3), "ROLLUP(a, b)", "GROUPING SETS ((a), (a, b), ())"])}${r.maybe(" WITH TOTALS", 0.2)}`,
        0.3,
      ),
      r.maybe(` HAVING ${this.expression(1)}`, 0.1),
      r.maybe(` QUALIFY ${this.expression(1)}`, 0.05),
      r.maybe(` ORDER BY ${r.list(order, 1, 3)}`, 0.4),
      r.maybe(` LIMIT 1 BY ${this.column()}`, 0.1),
      r.maybe(` LIMIT ${r.pick(["10", "5, 10", "10 OFFSET 5"])}`, 0.3),
      r.maybe(` SETTINGS final = 1, custom_note = 'hash'`, 0.1),
    ].join("");
  }

  query(depth = 1): string {
    const r = this.random;
    const first = this.select(depth);
    if (!r.chance(0.12)) return first;
    return `${first} ${r.pick(["UNION ALL", "UNION DISTINCT", "EXCEPT", "INTERSECT", "UNION"])} ${r.pick([this.select(0), `(${this.select(0)})`])}`;
  }
}
