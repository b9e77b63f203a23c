export { parseScript } from "./script.ts";
