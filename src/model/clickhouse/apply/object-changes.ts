import { persistent } from "../../persistent.ts";
import type { Handlers } from "./store.ts";

type ObjectKind =
  | "create-function"
  | "drop-function"
  | "create-named-collection"
  | "alter-named-collection"
  | "drop-named-collection"
  | "object"
  | "use"
  | "set";

export const objectHandlers: Handlers<ObjectKind> = {
  "create-function": (change, state, origin) => {
    const { name } = change.function;
    if (state.functions.has(name) && !change.orReplace) return state;
    return { ...state, functions: persistent(state.functions).with(name, { ...change.function, origin }) };
  },
  "drop-function": (change, state) =>
    state.functions.has(change.name)
      ? {
          ...state,
          functions: persistent(state.functions).without(change.name),
          formerFunctions: new Set([...(state.formerFunctions ?? []), change.name]),
        }
      : state,
  "create-named-collection": (change, state, origin) => {
    const { name } = change.collection;
    if (state.namedCollections.has(name) && !change.orReplace) return state;
    return { ...state, namedCollections: persistent(state.namedCollections).with(name, { ...change.collection, origin }) };
  },
  "alter-named-collection": (change, state) => {
    const collection = state.namedCollections.get(change.name);
    if (collection === undefined) return state;
    const keys = [...new Set([...collection.keys.filter((k) => !change.removed.includes(k)), ...change.set])];
    return { ...state, namedCollections: persistent(state.namedCollections).with(change.name, { ...collection, keys }) };
  },
  "drop-named-collection": (change, state) => ({ ...state, namedCollections: persistent(state.namedCollections).without(change.name) }),
  object: (change, state) => {
    if (change.names.length === 0 || (change.action !== "create" && change.action !== "drop")) return state;
    const objects = new Set(state.objects);
    for (const name of change.names) {
      if (change.action === "create") objects.add(`${change.class} ${name}`);
      else objects.delete(`${change.class} ${name}`);
    }
    return { ...state, objects };
  },
  use: (change, state) => ({ ...state, session: { ...state.session, database: change.database } }),
  set: (change, state) => ({ ...state, session: { ...state.session, settings: new Map([...state.session.settings, ...change.set]) } }),
};
