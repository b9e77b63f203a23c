import type { SqlFix } from "../contract.ts";
import { notValid } from "./not-valid.ts";

export const addForeignKeyValidated: SqlFix = notValid("foreign-key", "add-foreign-key-validated");
