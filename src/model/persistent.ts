/** For the rooms of the model that are not beside it: `apply/` from further below reads as the room of that name. */
export { PersistentMap, persistent } from "./apply/persistent-map.ts";
