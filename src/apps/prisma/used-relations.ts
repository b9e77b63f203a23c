import type { DynamicAccess } from "../../model/query.ts";
import { decode } from "../../sources/files/decode.ts";
import type { Files } from "../../sources/source.ts";
import type { PrismaModel } from "./psl.ts";
import { spanWithin, wholeSpan } from "../../text/span.ts";

/** What the code beside a schema may do with its many-to-many tables, which the client queries only where a relation is named. */
export interface UsedRelations {
  /** Whether some code may ask a model for the field. */
  readonly names: (model: string, field: string) => boolean;
  /** Places that hand on what somebody else names: any relation may be among it. */
  readonly computed: readonly Omit<DynamicAccess, "tables">[];
}

/** Nothing is known of the code: every relation counts as used. */
export const EVERY_RELATION: UsedRelations = { names: () => true, computed: [] };

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|graphqls?|gql)$/;
const NOT_SERVING = /\.d\.[cm]?ts$|\.(?:test|spec)\.|(?:^|\/)(?:node_modules|__tests__|tests?|dist|build|coverage)\//;
/** Packages that answer with any relation that a caller asks for. */
const GENERATED =
  /"(?:typegraphql-prisma|nexus-plugin-prisma|nexus-prisma|prisma-nestjs-graphql|@paljs\/\w[\w-]*|@pothos\/plugin-prisma|@zenstackhq\/\w[\w-]*|prisma-appsync|@prisma-cms\/\w[\w-]*|prisma-trpc-generator|prisma-generator-\w[\w-]*)"\s*:/;
/** `include: req.query.include`, `findMany(args)`, `include: { [name]: true }`: what is asked for comes from a caller; `_count: true` counts all. */
const HANDED_ON =
  /_count\s*:\s*true\b|\b(?:include|select|where|orderBy|data)\s*:\s*\{[^{}]*\[\s*[a-zA-Z_$][^\]]*\]\s*:|(?:\b(?:include|select|data|where|orderBy)\s*:\s*|\.(?:find(?:Many|First|Unique)(?:OrThrow)?|create|update|upsert|delete)\(\s*)(?:await\s+)?(?:this\.)?(?:JSON\.parse\b|(?:req|request|params?|body|query|input|args|event|ctx|context|payload|options|dto|variables)\b(?!\s*\())[^,;)}\n]*/g;

/** `prisma[model]`: any model may be meant. */
const ANY_MODEL = /\b(?:prisma|db|tx|trx|client|\w*[pP]risma\w*)\s*\[/;

/**
 * Which relations the code names: in `include`, `select`, `where`, `connect`, `_count`, by a property of a result, anywhere. A name that
 * occurs is a use of that field on every model that the code may start from: one whose delegate it names (`prisma.tag`), or to which
 * another relation that it names leads. What occurs nowhere is asked for by nobody.
 */
export function usedRelations(files: Files, models: readonly PrismaModel[]): UsedRelations {
  const byName = new Map(models.map((model) => [model.name, model]));
  const relations = models.flatMap((model) => model.fields.filter(({ type }) => byName.has(type)).map((field) => ({ model, field })));
  if (relations.length === 0) return EVERY_RELATION;
  const looked = [...relations.map(({ field }) => field.name), ...models.map(({ name }) => delegateOf(name))];
  const named = new Set<string>();
  const computed: Omit<DynamicAccess, "tables">[] = [];
  const words = new RegExp(String.raw`(?<![\w$])(?:${[...new Set(looked)].join("|")})(?![\w$])`, "g");
  let anyModel = false;
  let code = 0;
  for (const path of files.list(".")) {
    if (NOT_SERVING.test(path)) continue;
    if (/(?:^|\/)package\.json$/.test(path)) {
      if (GENERATED.test(decode(files.read(path)).text)) return EVERY_RELATION;
      continue;
    }
    if (!CODE.test(path)) continue;
    code++;
    const { text } = decode(files.read(path));
    anyModel ||= ANY_MODEL.test(text);
    for (const [word] of text.matchAll(words)) named.add(word);
    for (const match of text.matchAll(HANDED_ON)) {
      const flat = match[0].replaceAll(/\s+/g, " ");
      const shown = files.display(path);
      computed.push({
        reason: `\`${flat.length > 60 ? `${flat.slice(0, 57)}…` : flat}\` ${flat.startsWith("_count") ? "counts every relation" : "hands on what a caller asks for, relations included"}`,
        span: spanWithin(wholeSpan(shown, text), text, match.index, match.index + match[0].length),
      });
    }
  }
  // A schema without code beside it: the code lies elsewhere.
  if (code === 0) return EVERY_RELATION;
  const reached = new Set(models.filter(({ name }) => anyModel || named.has(delegateOf(name))).map(({ name }) => name));
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const { model, field } of relations) if (reached.has(model.name) && named.has(field.name)) reached.add(field.type);
  }
  return { names: (model, field) => reached.has(model) && named.has(field), computed };
}

/** `UserProfile` is `prisma.userProfile`. */
function delegateOf(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1);
}
