import type { Recipe } from "../recipe.ts";
import { addCheck } from "./add-check.ts";
import { addColumn } from "./add-column.ts";
import { addForeignKey } from "./add-foreign-key.ts";
import { addIndex } from "./add-index.ts";
import { addPrimaryKey, addUnique } from "./add-unique.ts";
import { changeType } from "./change-type.ts";
import { dropColumn } from "./drop-column.ts";
import { dropIndex } from "./drop-index.ts";
import { dropM2m, dropTable } from "./drop-table.ts";
import { notNull } from "./not-null.ts";
import { attachPartition, detachPartition } from "./partitions.ts";
import { removeEnumValue } from "./remove-enum-value.ts";
import { renameColumn, renameColumnKept } from "./rename-column.ts";
import { renameTable } from "./rename-table.ts";
import { replaceIndex } from "./replace-index.ts";
import { addEnumValue, domainConstraint, renameEnumValue } from "./types.ts";

/** The first that accepts a request is asked; one that the words name is asked alone. */
export const RECIPES: readonly Recipe[] = [
  addCheck,
  addColumn,
  addEnumValue,
  addForeignKey,
  addIndex,
  addPrimaryKey,
  addUnique,
  attachPartition,
  changeType,
  detachPartition,
  domainConstraint,
  dropColumn,
  dropIndex,
  dropTable,
  notNull,
  renameColumn,
  renameEnumValue,
  renameTable,
  replaceIndex,
  // Asked for by name: their changes are those of others above.
  dropM2m,
  removeEnumValue,
  renameColumnKept,
];
