import { wholeSpan, spanWithin } from "../../../text/span.ts";
import type { Span } from "../../../text/span.ts";
import type { JoinTable } from "../running-model.ts";
import type { UsageContext } from "./read-usage.ts";
import { snake } from "./receivers.ts";

/** `{% for tag in dashboard.tags.all %}`: what stands before the accessor is a name, and a name is all that a template has. */
export function templateUses(context: UsageContext): readonly { readonly join: JoinTable; readonly at: Span }[] {
  const uses: { join: JoinTable; at: Span }[] = [];
  const words = [...context.byAccessor.keys()].map((w) => w.replaceAll(/\W/g, "\\$&"));
  if (words.length === 0 || context.index.templates.length === 0) return uses;
  const pattern = new RegExp(`(\\w+)\\.(${words.join("|")})\\.(?:all|count|exists|first|last|values|iterator)\\b`, "g");
  for (const path of context.index.templates) {
    const text = context.index.text(path);
    for (const match of text.matchAll(pattern)) {
      const holder = match[1] ?? "";
      const sides = context.byAccessor.get(match[2] ?? "") ?? [];
      const named = sides.filter((s) => {
        const model = context.models.get(s.on);
        return model !== null && (holder === snake(model.name) || holder.endsWith(`_${snake(model.name)}`));
      });
      // `object.tags.all`, `item.tags.all`: the accessor's name decides, for every model that has it.
      const other = context.models.all.some((m) => snake(m.name) === holder);
      for (const { join } of named.length > 0 ? named : other ? [] : sides) {
        const display = context.index.files.display(path);
        uses.push({ join, at: spanWithin(wholeSpan(display, text), text, match.index, match.index + match[0].length) });
      }
    }
  }
  return uses;
}
