import { isRelationName, schemaOf } from "../../../model/apply/index.ts";
import { bareName } from "../../../model/schema.ts";
import { constraintOf, missing } from "./constraints.ts";
import { isInheritedConstraint, onlyWithChildren } from "./inherited.ts";
import type { Predictors } from "./work.ts";

export const renameConstraintPredictors: Predictors<"rename-constraint"> = {
  "rename-constraint"(change, work) {
    const relation = work.need(change.table);
    work.lock(change.table, "AccessExclusive");
    if (relation === null) return;
    const constraint = constraintOf(relation, change.name, work);
    const inherits = constraint === undefined || constraint.kind === "check" || constraint.kind === "not-null";
    if (inherits) work.lockTree(change.table, "AccessExclusive");
    if (constraint === undefined) return missing(relation, change.name, "for table", work);
    if (constraint.kind === "check" && constraint.noInherit !== true && onlyWithChildren(relation, work))
      return work.fail("42P16", `inherited constraint "${change.name}" must be renamed in child tables too`);
    if (constraint.index === null && isInheritedConstraint(relation, constraint, work.state))
      return work.fail("42P16", `cannot rename inherited constraint "${change.name}"`);
    if (constraint.index !== null && isRelationName(work.state, schemaOf(relation.name), change.to))
      return work.fail("42P07", `relation "${change.to}" already exists`);
    if (relation.constraints.some((c) => c.name === change.to))
      work.fail("42710", `constraint "${change.to}" for relation "${bareName(relation.name)}" already exists`);
  },
};
