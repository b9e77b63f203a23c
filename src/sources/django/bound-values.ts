import type { Binding } from "./modules.ts";
import type { PyValue } from "./values.ts";

/**
 * Values of names at the top level of modules and in class bodies, each worked out once. Settings ask for the list that they are adding to
 * (`if "x" not in INSTALLED_APPS: INSTALLED_APPS += …`): who asks for a name that is being worked out gets what it has come to so far.
 * Without that, a file of 2,300 lines with fifteen such additions was never through (geonode's settings.py).
 */
export class BoundValues {
  readonly #known = new WeakMap<Binding, PyValue>();
  /** What rests on a value that is not worked out yet, until that one is. */
  readonly #provisional = new Map<Binding, { readonly value: PyValue; readonly rests: number }>();
  /** In the order in which they were begun. */
  readonly #begun: { readonly binding: Binding; soFar: PyValue | undefined }[] = [];
  /** Place in `#begun` of the outermost value that was asked for before it was worked out. */
  #rests = Infinity;

  /**
   * @param work works the value out, and tells what it has come to on the way
   * @param before the value for one who asks while nothing has been told yet
   */
  of(binding: Binding, work: (told: (soFar: PyValue) => void) => PyValue, before: () => PyValue): PyValue {
    const known = this.#known.get(binding);
    if (known !== undefined) return known;
    const provisional = this.#provisional.get(binding);
    if (provisional !== undefined) {
      this.#rests = Math.min(this.#rests, provisional.rests);
      return provisional.value;
    }
    const at = this.#begun.findIndex((each) => each.binding === binding);
    if (at !== -1) {
      this.#rests = Math.min(this.#rests, at);
      return this.#begun[at]?.soFar ?? before();
    }
    return this.#work(binding, work);
  }

  /** What is being worked out was cut off (too deep): asked again from nearer by, it may be another. */
  cutOff(): void {
    this.#rests = -1;
  }

  #work(binding: Binding, work: (told: (soFar: PyValue) => void) => PyValue): PyValue {
    const outer = this.#rests;
    const own = { binding, soFar: undefined as PyValue | undefined };
    const at = this.#begun.length;
    this.#rests = Infinity;
    this.#begun.push(own);
    try {
      const value = work((soFar) => {
        own.soFar = soFar;
      });
      if (this.#rests >= at) this.#known.set(binding, value);
      else this.#provisional.set(binding, { value, rests: this.#rests });
      return value;
    } finally {
      this.#begun.pop();
      for (const [each, { rests }] of this.#provisional) if (rests >= at) this.#provisional.delete(each);
      if (this.#rests >= at) this.#rests = outer;
      else this.#rests = Math.min(this.#rests, outer);
      if (this.#begun.length === 0) {
        this.#provisional.clear();
        this.#rests = Infinity;
      }
    }
  }
}
