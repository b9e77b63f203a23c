import { quoteIdentifier } from "../../../text/quote.ts";
import { literal, type Needs, PHASE, qualified } from "./ddl-objects.ts";
import type { Item } from "./order.ts";
import type { Catalogue, ColumnRow, ConstraintRow, PolicyRow, RelationRow } from "./rows.ts";

const COMMANDS: Readonly<Record<string, string>> = { r: "SELECT", a: "INSERT", w: "UPDATE", d: "DELETE" };
const TRIGGER_STATES: Readonly<Record<string, string>> = { D: "DISABLE", R: "ENABLE REPLICA", A: "ENABLE ALWAYS" };

/** Tables and views, and what stands on them, one item per statement. */
export function tableItems(catalogue: Catalogue, needs: Needs): Item[] {
  const relations = new Map(catalogue.relations.map((r) => [r.oid, r]));
  const nameOf = (oid: string): string => {
    const relation = relations.get(oid);
    return relation === undefined ? "" : qualified(relation.schema, relation.name);
  };
  const onKnown = <T extends { readonly relation: string }>(rows: readonly T[]): T[] => rows.filter((row) => relations.has(row.relation));
  const constraints = grouped(onKnown(catalogue.constraints), (c) => c.relation);
  const items: Item[] = [];
  const add = (key: string, phase: number, name: string, sql: string, more: readonly string[] = []): void => {
    items.push({ key, phase, name, sql, needs: [...needs(key), ...more] });
  };

  for (const relation of catalogue.relations) {
    const key = `pg_class:${relation.oid}`;
    const name = qualified(relation.schema, relation.name);
    const shown = `${relation.schema}.${relation.name}`;
    if (relation.definition !== null) {
      add(key, PHASE.view, shown, viewSql(relation, name));
      continue;
    }
    const parents = (relation.parents ?? []).map(String);
    const own = constraints.get(relation.oid) ?? [];
    add(
      key,
      PHASE.table,
      shown,
      tableSql(relation, own, parents.map(nameOf)),
      parents.map((p) => `pg_class:${p}`),
    );
    const [parent] = parents;
    if (relation.bound !== null && parent !== undefined) {
      add(`attach:${relation.oid}`, PHASE.attach, shown, `ALTER TABLE ONLY ${nameOf(parent)} ATTACH PARTITION ${name} ${relation.bound};`, [
        key,
        `pg_class:${parent}`,
      ]);
    } else if (parents.length > 0) {
      const changed = overridden(
        relation,
        parents.flatMap((p) => relations.get(p) ?? []),
        name,
      );
      if (changed !== "") add(`overridden:${relation.oid}`, PHASE.default, shown, changed, [key]);
    }
    if (relation.replica_identity === "f" || relation.replica_identity === "n") {
      const identity = relation.replica_identity === "f" ? "FULL" : "NOTHING";
      add(`identity:${relation.oid}`, PHASE.replication, shown, `ALTER TABLE ONLY ${name} REPLICA IDENTITY ${identity};`, [key]);
    }
    if (relation.row_security || relation.force_row_security) {
      const force = relation.force_row_security ? `\nALTER TABLE ONLY ${name} FORCE ROW LEVEL SECURITY;` : "";
      const enable = relation.row_security ? `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;` : "";
      add(`security:${relation.oid}`, PHASE.policy, shown, `${enable}${force}`.trim(), [key]);
    }
  }
  for (const sequence of catalogue.sequences) {
    if (sequence.owner === null || !relations.has(sequence.owner)) continue;
    const sql = `ALTER SEQUENCE ${qualified(sequence.schema, sequence.name)} OWNED BY ${nameOf(sequence.owner)}.${quoteIdentifier(sequence.owner_column ?? "")};`;
    add(`owned:${sequence.oid}`, PHASE.owned, `${sequence.schema}.${sequence.name}`, sql, [
      `pg_class:${sequence.oid}`,
      `pg_class:${sequence.owner}`,
    ]);
  }
  for (const c of onKnown(catalogue.constraints)) {
    const table = relations.get(c.relation);
    if (table === undefined || (c.kind === "n" && c.valid) || (c.kind === "c" && c.valid && (c.local || table.bound !== null))) continue;
    // Copies on partitions and children come with the parent's.
    if ((c.kind === "f" && c.parent !== "0") || ((c.kind === "c" || c.kind === "n") && !c.local)) continue;
    // What is still NOT VALID is added when the tree stands, to all of it; a child's own copy was skipped above.
    const only = (c.kind === "f" && table.kind === "p") || (c.kind === "c" && !c.valid) ? "" : "ONLY ";
    const sql = `ALTER TABLE ${only}${nameOf(c.relation)} ADD CONSTRAINT ${quoteIdentifier(c.name)} ${c.definition};`;
    const phase = c.kind === "f" ? PHASE.foreignKey : c.kind === "c" || c.kind === "n" ? PHASE.check : PHASE.index;
    const attach = table.bound === null ? [] : [`attach:${c.relation}`];
    add(`pg_constraint:${c.oid}`, phase, `${table.schema}.${table.name} ${c.name}`, sql, [`pg_class:${c.relation}`, ...attach]);
  }
  const keyOfIndex = new Map(catalogue.constraints.filter((c) => "pux".includes(c.kind)).map((c) => [c.index, `pg_constraint:${c.oid}`]));
  const indexNames = new Map(catalogue.indexes.map((i) => [i.oid, i]));
  for (const index of onKnown(catalogue.indexes)) {
    const name = `${index.schema}.${index.name}`;
    const own = index.of_constraint ? (keyOfIndex.get(index.oid) ?? "") : `pg_class:${index.oid}`;
    if (!index.of_constraint) {
      const attached = relations.get(index.relation)?.bound === null ? [] : [`attach:${index.relation}`];
      add(own, PHASE.index, name, `${index.definition};`, [`pg_class:${index.relation}`, ...attached]);
    }
    if (index.replica_identity) {
      const sql = `ALTER TABLE ONLY ${nameOf(index.relation)} REPLICA IDENTITY USING INDEX ${quoteIdentifier(index.name)};`;
      add(`identity:${index.oid}`, PHASE.replication, name, sql, [own]);
    }
    const parent = index.parent === null ? undefined : indexNames.get(index.parent);
    if (parent === undefined) continue;
    const parentKey = parent.of_constraint ? (keyOfIndex.get(parent.oid) ?? "") : `pg_class:${parent.oid}`;
    const sql = `ALTER INDEX ${qualified(parent.schema, parent.name)} ATTACH PARTITION ${qualified(index.schema, index.name)};`;
    add(`indexAttach:${index.oid}`, PHASE.indexAttach, name, sql, [own, parentKey]);
  }
  for (const t of onKnown(catalogue.triggers)) {
    const state = TRIGGER_STATES[t.enabled];
    const off = state === undefined ? "" : `\nALTER TABLE ${nameOf(t.relation)} ${state} TRIGGER ${quoteIdentifier(t.name)};`;
    add(`pg_trigger:${t.oid}`, PHASE.trigger, `${nameOf(t.relation)} ${t.name}`, `${t.definition};${off}`, [`pg_class:${t.relation}`]);
  }
  for (const r of onKnown(catalogue.rules)) {
    if (r.definition !== null) add(`pg_rewrite:${r.oid}`, PHASE.rule, r.name, r.definition, [`pg_class:${r.relation}`]);
  }
  for (const s of catalogue.statistics) add(`pg_statistic_ext:${s.oid}`, PHASE.statistics, s.name, `${s.definition};`);
  for (const p of catalogue.publications) {
    const tables = (p.tables ?? []).map((oid) => nameOf(String(oid))).filter((name) => name !== "");
    const members = p.all_tables
      ? " FOR ALL TABLES"
      : tables.length === 0
        ? ""
        : ` FOR TABLE ${tables.map((name) => `ONLY ${name}`).join(", ")}`;
    add(`pg_publication:${p.oid}`, PHASE.replication, p.name, `CREATE PUBLICATION ${quoteIdentifier(p.name)}${members};`);
  }
  for (const p of onKnown(catalogue.policies))
    add(`pg_policy:${p.oid}`, PHASE.policy, `${nameOf(p.relation)} ${p.name}`, policySql(p, nameOf(p.relation)), [
      `pg_class:${p.relation}`,
    ]);
  return items;
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function tableSql(relation: RelationRow, constraints: readonly ConstraintRow[], parents: readonly string[]): string {
  const isPartition = relation.bound !== null;
  const notNulls = new Map(constraints.filter((c) => c.kind === "n").map((c) => [c.column, c]));
  const columns = (relation.columns ?? [])
    // A partition is written whole and attached; a child inherits what it does not define itself.
    .filter((column) => column.local || isPartition || parents.length === 0)
    .map((column) => columnSql(relation.name, column, notNulls.get(column.name)));
  const checks = constraints
    .filter((c) => c.kind === "c" && c.valid && (c.local || isPartition))
    .map((c) => `CONSTRAINT ${quoteIdentifier(c.name)} ${c.definition}`);
  const unlogged = relation.persistence === "u" ? "UNLOGGED " : "";
  const kind = relation.kind === "f" ? "FOREIGN TABLE" : "TABLE";
  const tail = [
    !isPartition && parents.length > 0 ? ` INHERITS (${parents.join(", ")})` : "",
    relation.partition_key === null ? "" : ` PARTITION BY ${relation.partition_key}`,
    relation.server === null ? "" : ` SERVER ${quoteIdentifier(relation.server)}`,
    optionsSql(relation.options),
  ];
  return `CREATE ${unlogged}${kind} ${qualified(relation.schema, relation.name)} (${[...columns, ...checks].map((line) => `\n  ${line}`).join(",")}\n)${tail.join("")};`;
}

function columnSql(table: string, column: ColumnRow, constraint: ConstraintRow | undefined): string {
  const parts = [quoteIdentifier(column.name), column.type];
  if (column.collation !== null) parts.push(`COLLATE ${column.collation}`);
  if (column.generated === "s") parts.push(`GENERATED ALWAYS AS (${column.default ?? "NULL"}) STORED`);
  else if (column.generated === "v") parts.push(`GENERATED ALWAYS AS (${column.default ?? "NULL"}) VIRTUAL`);
  else if (column.default !== null) parts.push(`DEFAULT ${column.default}`);
  if (constraint === undefined) {
    if (column.notNull) parts.push("NOT NULL");
  } else if (constraint.valid) {
    // 18 names every NOT NULL; only a name that it would not give by itself is worth writing.
    const given = constraint.name === `${table}_${column.name}_not_null` && !/NO INHERIT/.test(constraint.definition);
    const noInherit = /NO INHERIT/.test(constraint.definition) ? " NO INHERIT" : "";
    parts.push(given ? "NOT NULL" : `CONSTRAINT ${quoteIdentifier(constraint.name)} NOT NULL${noInherit}`);
  }
  if (column.identity !== "") parts.push(`GENERATED ${column.identity === "a" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`);
  return parts.join(" ");
}

/** `fillfactor=70` → ` WITH (fillfactor='70')`. */
function optionsSql(options: readonly string[] | null): string {
  if (options === null || options.length === 0) return "";
  const written = options.map((option) => {
    const [key = "", ...value] = option.split("=");
    return `${key}=${literal(value.join("="))}`;
  });
  return ` WITH (${written.join(", ")})`;
}

function viewSql(relation: RelationRow, name: string): string {
  const query = (relation.definition ?? "").trim().replace(/;$/, "");
  const kind = relation.kind === "m" ? "MATERIALIZED VIEW" : "VIEW";
  const data = relation.kind === "m" && !relation.populated ? " WITH NO DATA" : "";
  return `CREATE ${kind} ${name}${optionsSql(relation.options)} AS\n${query}${data};`;
}

/** Defaults and NOT NULLs of inherited columns that the child has for itself. */
function overridden(relation: RelationRow, parents: readonly RelationRow[], name: string): string {
  const lines: string[] = [];
  for (const column of relation.columns ?? []) {
    if (column.local || column.generated !== "") continue;
    const inherited = parents.flatMap((p) => p.columns ?? []).find((c) => c.name === column.name);
    const alter = `ALTER TABLE ONLY ${name} ALTER COLUMN ${quoteIdentifier(column.name)}`;
    if (column.default !== (inherited?.default ?? null))
      lines.push(column.default === null ? `${alter} DROP DEFAULT;` : `${alter} SET DEFAULT ${column.default};`);
    if (column.notNull && inherited?.notNull !== true) lines.push(`${alter} SET NOT NULL;`);
  }
  return lines.join("\n");
}

function policySql(policy: PolicyRow, table: string): string {
  const command = COMMANDS[policy.command];
  const parts = [`CREATE POLICY ${quoteIdentifier(policy.name)} ON ${table}`];
  if (!policy.permissive) parts.push("AS RESTRICTIVE");
  if (command !== undefined) parts.push(`FOR ${command}`);
  const roles = policy.roles ?? [];
  if (roles.length > 0 && !roles.includes("PUBLIC")) parts.push(`TO ${roles.join(", ")}`);
  if (policy.using_expression !== null) parts.push(`USING (${policy.using_expression})`);
  if (policy.check_expression !== null) parts.push(`WITH CHECK (${policy.check_expression})`);
  return `${parts.join(" ")};`;
}
