export { openReadOnlyClickHouse } from "./client.ts";
export type { ReadOnlyClickHouse } from "./client.ts";
export { readClickHouseSchema } from "./schema.ts";
export { readClickHouseTarget } from "./target.ts";
export type { ClickHouseTarget } from "./target.ts";
