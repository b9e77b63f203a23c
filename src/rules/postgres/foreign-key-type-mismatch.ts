import type { JudgedStatement } from "../../model/judged.ts";
import type { Column, Constraint, SchemaState, TypeRef } from "../../model/schema.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { constraintsAdded } from "../rule.ts";
import { named, sentences, sqlName, sqlTable, typeName } from "../words.ts";

const RANK: Readonly<Record<string, number>> = { smallint: 1, integer: 2, bigint: 3 };
const LIMIT: Readonly<Record<string, string>> = { smallint: "32,767", integer: "2,147,483,647" };

export const foreignKeyTypeMismatch: Rule = {
  id: "foreign-key-type-mismatch",
  summary: "a foreign key column of another type than the key it points to",
  database: "postgres",
  kinds: ["create-relation", "add-constraint", "add-column"],
  check(statement, context) {
    if (context.effects(statement).error !== null) return [];
    return constraintsAdded(statement).flatMap(({ table, constraint }) =>
      pairs(statement.after, table, constraint).flatMap(([own, target]) => judge(statement, context, table, constraint, own, target) ?? []),
    );
  },
};

function judge(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  { references }: Constraint,
  own: Column,
  target: Column,
): Hazard | null {
  const parent = references?.relation ?? "";
  const collated = own.collation !== target.collation && context.environment.postgres >= 18;
  const narrower = (RANK[own.type.name] ?? 9) < (RANK[target.type.name] ?? 0);
  if (sameKind(own.type, target.type) && !collated) return null;
  const [t, c] = [sqlTable(table), sqlName(own.name)];
  const limit = LIMIT[own.type.name];
  return {
    severity: "info",
    about: `${table}.${own.name}`,
    message: sameKind(own.type, target.type)
      ? `${named(own.name)} of ${named(table)} and ${named(target.name)} of ${named(parent)}, to which it points, have different collations`
      : `${named(own.name)} of ${named(table)} is ${typeName(own.type)}, and ${named(target.name)} of ${named(parent)}, to which it points, ${typeName(target.type)}`,
    label: narrower ? "ends before the key does" : "not the same type",
    why: sentences(
      narrower && limit !== undefined
        ? `As soon as ${named(parent)} has given out ${limit}, rows that refer to newer ones cannot be inserted (SQLSTATE 22003), and making the column wider then is a rewrite of a large table.`
        : !sameKind(own.type, target.type) &&
            "Each check and each join converts one side, and what does not fit the other type is refused.",
      collated &&
        "PostgreSQL 18 refuses the key when one of the collations is not deterministic (SQLSTATE 42P21); which they are stands in the catalogue only: `tread rehearse` tells.",
    ),
    help: sameKind(own.type, target.type)
      ? `give both columns one collation`
      : context.columnExistedBefore(statement, table, own.name)
        ? `widen the column before it is too late, with a second column of type ${typeName(target.type)}: \`tread explain change-type-rewrite\``
        : `make the column what it points to: \`ALTER TABLE ${t} ADD COLUMN ${c} ${typeName(target.type)};\``,
    evidence: [],
  };
}

/** The columns of the key and those that it points to, as far as the schema knows them. */
function pairs(after: SchemaState, table: string, { columns, references, kind }: Constraint): readonly (readonly [Column, Column])[] {
  const [own, parent] = [after.relations.get(table), after.relations.get(references?.relation ?? "")];
  if (kind !== "foreign-key" || own === undefined || parent === undefined || references === null) return [];
  const primary = parent.constraints.find((constraint) => constraint.kind === "primary-key")?.columns ?? [];
  const targets = references.columns.length === 0 ? primary : references.columns;
  return columns.flatMap((name, at): readonly (readonly [Column, Column])[] => {
    const column = own.columns.find((candidate) => candidate.name === name);
    const target = parent.columns.find((candidate) => candidate.name === targets[at]);
    return column === undefined || target === undefined ? [] : [[column, target]];
  });
}

/** Lengths do not matter: varchar(20) may point to text. */
function sameKind(a: TypeRef, b: TypeRef): boolean {
  const texts = ["text", "character varying"];
  return a.name === b.name || (texts.includes(a.name) && texts.includes(b.name));
}
