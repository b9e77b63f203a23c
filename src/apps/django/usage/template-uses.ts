import { wholeSpan, spanWithin } from "../../../text/span.ts";
import type { UsageContext } from "./read-usage.ts";
import { snake } from "./receivers.ts";

const READS = /^(?:all|count|exists|first|last|values|iterator)$/;
/** What stands for something else than a row, though it may have anything. */
const NO_ROWS = /^(?:\w*form|forloop|request|settings|params|filters?|data|json|GET|POST|view|self|config|labels?|i18n|messages)$/;

/**
 * `{% for tag in dashboard.tags.all %}`: what stands before the accessor is a name, and a name is all that a template has. An accessor
 * that goes on as it is (`{% with tags=dashboard.tags %}`, `{% chips dashboard.tags %}`) may be used.
 */
export function readTemplates({ byAccessor, index, models, receivers, sink }: UsageContext): void {
  const words = [...byAccessor.keys()].map((w) => w.replaceAll(/\W/g, "\\$&"));
  if (words.length === 0 || index.templates.length === 0) return;
  const pattern = new RegExp(String.raw`(?<=(\w+)\.)(${words.join("|")})\b(?=(?:\.(\w+))?)`, "g");
  for (const path of index.templates) {
    const text = index.text(path);
    for (const tag of text.matchAll(/\{\{.*?\}\}|\{%.*?%\}/gs)) {
      for (const match of tag[0].matchAll(pattern)) {
        const [whole, holder = "", accessor = "", next] = match;
        const end = match.index + whole.length + (next === undefined ? 0 : next.length + 1);
        const sides = byAccessor.get(accessor) ?? [];
        const joins = (some: typeof sides): (typeof sides)[number]["join"][] => some.map(({ join }) => join);
        const named = sides.filter(({ on }) => {
          const model = models.get(on);
          return model !== null && (holder === snake(model.name) || holder.endsWith(`_${snake(model.name)}`));
        });
        const others = models.all.filter(({ name }) => snake(name) === holder);
        // `object.tags.all`, `item.tags.all`: the accessor's name decides, for every model that has it.
        const meant = named.length > 0 ? named : others.some(({ label }) => receivers.hasAttribute(label, accessor)) ? [] : sides;
        const at = spanWithin(
          wholeSpan(index.files.display(path), text),
          text,
          tag.index + match.index - holder.length - 1,
          tag.index + end,
        );
        if (next !== undefined && READS.test(next)) for (const join of joins(meant)) sink.uses(join, at);
        else if (!NO_ROWS.test(holder) && !isPlain(tag[0], end, next))
          sink.mayUse(
            joins(meant),
            `\`${holder}.${whole}\` in a template may be a many-to-many accessor: what is done with it cannot be told`,
            at,
          );
      }
    }
  }
}

/** Lists are walked over and shown as they are, which a manager cannot be; a truth test asks the database nothing. */
function isPlain(tag: string, end: number, next: string | undefined): boolean {
  if (next !== undefined) return /^\d+$/.test(next);
  const after = tag.slice(end);
  if (/^\s*\[/.test(after)) return true;
  return /^\{%-?\s*for\b[^%]*$/.test(tag.slice(0, end)) || /^\{%-?\s*(?:el)?if\b/.test(tag) || /^\s*-?\}\}/.test(after);
}
