export type * from "./ast/alter.ts";
export type * from "./ast/common.ts";
export type * from "./ast/create.ts";
export type * from "./ast/expression.ts";
export type * from "./ast/objects.ts";
export type * from "./ast/select.ts";
export type * from "./ast/statement.ts";
export type * from "./ast/type.ts";
