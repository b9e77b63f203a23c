import type { Recipe } from "../recipe.ts";
import { addIndex } from "./add-index.ts";
import { notNull } from "./not-null.ts";

/** The first that accepts a request is asked. */
export const RECIPES: readonly Recipe[] = [addIndex, notNull];
