import type { RecipeCase } from "../types.ts";
import { ADD_INDEX } from "./add-index.ts";
import { COLUMNS, TYPES_AND_PARTITIONS } from "./columns.ts";
import { CONSTRAINTS } from "./constraints.ts";
import { NOT_NULL } from "./not-null.ts";
import { TWINS } from "./twins.ts";

export const CASES: readonly RecipeCase[] = [...NOT_NULL, ...ADD_INDEX, ...CONSTRAINTS, ...COLUMNS, ...TWINS, ...TYPES_AND_PARTITIONS];
