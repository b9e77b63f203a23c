import { typedTables, viewsOn } from "../../../model/apply/index.ts";
import type { ChangeOf } from "../../../model/change.ts";
import { bareName, type UserType } from "../../../model/schema.ts";
import { typePredictors } from "./change-type.ts";
import { dropWithViews } from "./dropped-views.ts";
import { columnsOfType, usersOf, withDomains } from "./type-users.ts";
import { shown, type Predictors, type Work } from "./work.ts";

export const userTypePredictors: Predictors<
  "create-type" | "drop-type" | "add-enum-value" | "rename-enum-value" | "rename-type" | "alter-domain" | "alter-attribute"
> = {
  "create-type"(change, work) {
    const { type } = change;
    // Tables have a type of their own name.
    if (work.state.types.has(type.name) || work.state.relations.has(type.name)) {
      return work.fail("42710", `type "${bareName(type.name)}" already exists`);
    }
    if (type.kind === "enum" && new Set(type.values).size < type.values.length)
      work.fail("23505", `the enum has a label twice: ${type.values.join(", ")}`);
  },

  "drop-type"(change, work) {
    if (!work.state.types.has(change.name)) {
      if (!change.ifExists && work.knowsAll(change.name)) work.fail("42704", `type "${bareName(change.name)}" does not exist`);
      return;
    }
    const columns = columnsOfType(change.name, work.state);
    const tables = typedTables(work.state, change.name);
    const domains = withDomains(change.name, work.state).size > 1;
    if (columns.length === 0 && tables.length === 0 && !domains) return;
    if (change.cascade !== true) return work.fail("2BP01", `cannot drop type ${bareName(change.name)} because other objects depend on it`);
    for (const { table, column } of columns) {
      work.lock(table, "AccessExclusive");
      for (const view of viewsOn(work.state, table, column)) dropWithViews(view.name, work);
    }
    for (const table of tables) dropWithViews(table, work);
  },

  /** Takes no lock on tables. Allowed in a transaction since 12, where the value cannot be used before COMMIT (manual, ALTER TYPE). */
  "add-enum-value"(change, work) {
    const type = need(change.type, work);
    if (type === null) return;
    if (type.kind !== "enum") return work.fail("42809", `${bareName(change.type)} is not an enum`);
    if (type.values.includes(change.value)) {
      if (!change.ifNotExists) work.fail("42710", `enum label "${change.value}" already exists`);
    } else if (change.position !== undefined && !type.values.includes(change.position.of)) {
      work.fail("22023", `"${change.position.of}" is not an existing enum label`);
    }
  },

  "rename-enum-value"(change, work) {
    const type = need(change.type, work);
    if (type?.kind !== "enum") return;
    if (!type.values.includes(change.value)) work.fail("22023", `"${change.value}" is not an existing enum label`);
    else if (type.values.includes(change.to)) work.fail("42710", `enum label "${change.to}" already exists`);
  },

  /** Takes no lock on the tables that use it: they point at it by number (measured on 18.4). */
  "rename-type"(change, work) {
    if (need(change.name, work) === null) return;
    if (work.state.types.has(change.to) || work.state.relations.has(change.to))
      work.fail("42710", `type "${bareName(change.to)}" already exists`);
  },

  /** Whatever must be checked is checked in every table that uses the domain, under SHARE (measured 11–18: reference 1.4, 70 to 72). */
  "alter-domain"(change, work) {
    const domain = need(change.domain, work);
    if (domain === null) return;
    if (domain.kind !== "domain") return work.fail("42809", `${bareName(change.domain)} is not a domain`);
    const known = domain.checks.find((c) => c.name === change.name);
    switch (change.action) {
      case "add-constraint":
        if (known !== undefined)
          return work.fail("42710", `constraint "${known.name}" for domain "${bareName(domain.name)}" already exists`);
        if (change.validated) checkUsers(domain.name, work);
        return;
      case "drop-constraint":
        if (known === undefined && change.ifExists !== true) noConstraint(change, work);
        return;
      case "rename-constraint":
        if (known === undefined) noConstraint(change, work);
        return;
      case "validate-constraint":
        // One that is valid already is checked once more (measured 13–18).
        if (known === undefined) noConstraint(change, work);
        else checkUsers(domain.name, work);
        return;
      case "set-not-null":
        if (!domain.notNull) checkUsers(domain.name, work);
        return;
      case "drop-not-null":
      case "set-default":
        return;
      default:
        return change.action satisfies never;
    }
  },

  /**
   * ALTER TYPE … ATTRIBUTE is ALTER TABLE on the composite: refused while columns hold values that would have to change, and handed on
   * to its typed tables with CASCADE as the same command there (measured 13–18).
   */
  "alter-attribute"(change, work) {
    const type = work.state.types.get(change.type);
    if (type === undefined) {
      if (work.knowsAll(change.type)) work.fail("42P01", `relation "${shown(change.type)}" does not exist`);
      return;
    }
    if (type.kind !== "composite") return work.fail("42809", `"${bareName(change.type)}" is not a composite type`);
    const attribute = type.columns.find((c) => c.name === change.attribute);
    if (change.action === "add" && attribute !== undefined)
      return work.fail("42701", `column "${change.attribute}" of relation "${bareName(change.type)}" already exists`);
    if (change.action !== "add" && attribute === undefined) {
      if (!change.ifExists) work.fail("42703", `column "${change.attribute}" of relation "${bareName(change.type)}" does not exist`);
      return;
    }
    const tables = typedTables(work.state, change.type);
    if (tables.length > 0 && !change.cascade)
      return work.fail("2BP01", `cannot alter type "${bareName(change.type)}" because it is the type of a typed table`);
    if (change.action === "alter") {
      const users = usersOf(change.type, work.state);
      const user = users.inside[0] ?? users.plain.find((u) => !tables.includes(u.table));
      if (user !== undefined)
        return work.fail(
          "0A000",
          `cannot alter type "${bareName(change.type)}" because column "${shown(user.table)}.${user.column}" uses it`,
        );
    }
    for (const table of tables) alterTyped(table, change, work);
  },
};

function alterTyped(table: string, change: ChangeOf<"alter-attribute">, work: Work): void {
  work.lockTree(table, "AccessExclusive");
  const { attribute: column, span } = change;
  if (change.action === "alter" && change.column !== null) {
    typePredictors["change-type"](
      { kind: "change-type", table, column, type: change.column.type, collation: change.column.collation, using: null, span },
      work,
    );
  }
  if (change.action === "drop") for (const view of viewsOn(work.state, table, column)) dropWithViews(view.name, work);
}

/** The type, or null after noting 42704 where the state knows enough to tell. */
function need(name: string, work: Work): UserType | null {
  const type = work.state.types.get(name);
  if (type === undefined && !work.state.relations.has(name) && work.knowsAll(name))
    work.fail("42704", `type "${bareName(name)}" does not exist`);
  return type ?? null;
}

function noConstraint(change: ChangeOf<"alter-domain">, work: Work): void {
  work.fail("42704", `constraint "${change.name ?? ""}" of domain "${bareName(change.domain)}" does not exist`);
}

function checkUsers(domain: string, work: Work): void {
  const { plain, inside } = usersOf(domain, work.state);
  const [first] = inside;
  if (first !== undefined) {
    return work.fail("0A000", `cannot alter type "${bareName(domain)}" because column "${bareName(first.table)}.${first.column}" uses it`);
  }
  for (const { table } of plain) {
    work.lock(table, "Share");
    work.scan(table);
  }
}
