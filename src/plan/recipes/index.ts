import type { Recipe } from "../recipe.ts";
import { addCheck } from "./add-check.ts";
import { addForeignKey } from "./add-foreign-key.ts";
import { addIndex } from "./add-index.ts";
import { addPrimaryKey, addUnique } from "./add-unique.ts";
import { changeType } from "./change-type.ts";
import { dropColumn } from "./drop-column.ts";
import { dropIndex } from "./drop-index.ts";
import { dropM2m, dropTable } from "./drop-table.ts";
import { notNull } from "./not-null.ts";
import { renameColumn, renameColumnKept } from "./rename-column.ts";
import { renameTable } from "./rename-table.ts";
import { replaceIndex } from "./replace-index.ts";

/** The first that accepts a request is asked; one that the words name is asked alone. */
export const RECIPES: readonly Recipe[] = [
  addCheck,
  addForeignKey,
  addIndex,
  addPrimaryKey,
  addUnique,
  changeType,
  dropColumn,
  dropIndex,
  dropTable,
  notNull,
  renameColumn,
  renameTable,
  replaceIndex,
  // Asked for by name: their changes are those of others above.
  dropM2m,
  renameColumnKept,
];
