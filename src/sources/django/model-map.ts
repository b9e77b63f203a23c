import type { ModelState } from "./state.ts";

/** Changes kept apart before they are folded into a new base: copying 32 entries per operation is cheaper than the whole map. */
const MAX_CHANGES = 32;

/** A map of models that shares what did not change with the map that it was made from. */
export class ModelMap implements ReadonlyMap<string, ModelState> {
  readonly #base: ReadonlyMap<string, ModelState>;
  readonly #changes: ReadonlyMap<string, ModelState | null>;
  #all: ReadonlyMap<string, ModelState> | null = null;

  constructor(base: ReadonlyMap<string, ModelState> = new Map(), changes: ReadonlyMap<string, ModelState | null> = new Map()) {
    this.#base = base;
    this.#changes = changes;
  }

  with(label: string, model: ModelState): ModelMap {
    return this.#changed(label, model);
  }

  without(label: string): ModelMap {
    return this.#changed(label, null);
  }

  #changed(label: string, model: ModelState | null): ModelMap {
    const changes = new Map(this.#changes);
    changes.set(label, model);
    if (changes.size <= MAX_CHANGES) return new ModelMap(this.#base, changes);
    return new ModelMap(new ModelMap(this.#base, changes).#whole());
  }

  #whole(): ReadonlyMap<string, ModelState> {
    if (this.#all === null) {
      const all = new Map(this.#base);
      for (const [label, model] of this.#changes) {
        if (model === null) all.delete(label);
        else all.set(label, model);
      }
      this.#all = all;
    }
    return this.#all;
  }

  get(label: string): ModelState | undefined {
    const changed = this.#changes.get(label);
    if (changed !== undefined) return changed ?? undefined;
    return this.#base.get(label);
  }

  has(label: string): boolean {
    return this.get(label) !== undefined;
  }

  get size(): number {
    return this.#whole().size;
  }

  forEach(callback: (value: ModelState, key: string, map: ReadonlyMap<string, ModelState>) => void): void {
    for (const [label, model] of this.#whole()) callback(model, label, this);
  }

  entries(): MapIterator<[string, ModelState]> {
    return this.#whole().entries();
  }

  keys(): MapIterator<string> {
    return this.#whole().keys();
  }

  values(): MapIterator<ModelState> {
    return this.#whole().values();
  }

  [Symbol.iterator](): MapIterator<[string, ModelState]> {
    return this.#whole().entries();
  }
}
