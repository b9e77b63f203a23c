import type { SqlFix } from "../contract.ts";
import { notValid } from "./not-valid.ts";

export const addCheckValidated: SqlFix = notValid("check", "add-check-validated");
