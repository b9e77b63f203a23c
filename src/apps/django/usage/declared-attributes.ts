import type { PyNode } from "../../../sources/django/python.ts";
import { bodyStatements } from "../../../sources/django/run-python/python-shapes.ts";
import { familyOf } from "./class-context.ts";
import type { UsageContext } from "./read-usage.ts";

/** Classes whose attributes are read from an object under the same name. What a ModelForm or ModelSerializer shows, its Meta says. */
const BY_NAME = /^(?:\w*(?<!Model)Serializer|\w*Schema|\w*Document|DjangoObjectType|ModelResource|\w*FilterSet|\w*Table)$/;
/** Pydantic reads attributes of an object only where it is told to. */
const FROM_ATTRIBUTES = /\b(?:from_attributes|orm_mode)\s*[=:]\s*True\b|["']from_attributes["']\s*:\s*True\b/;

const FROM_OBJECT = /\bfrom_orm\(|\bfrom_attributes\s*=\s*True/;
/** Classes whose attributes are their own: nothing reads them from an object by their name. */
const ITS_OWN =
  /^(?:object|BaseModel|NamedTuple|TypedDict|Protocol|Generic|ABC|\w*Enum|\w*Choices|\w*(?:Error|Exception)|\w*TestCase|BaseCommand|AppConfig|Thread|Model|\w*(?:ModelForm|ModelSerializer|ModelAdmin|ModelViewSet|View|ViewSet|Middleware|Manager|QuerySet|Field|Widget|Permission|Pagination|Node)|Form|Mixin|type)$/;

/** `tags = TagSerializer(many=True)`, `tags: list[TagOut]`: the field is read through the name of the attribute. */
export function readDeclaredAttributes(cls: PyNode, context: UsageContext): void {
  if (context.receivers.isModelClass(cls)) return;
  const named = bodyStatements(cls.child("body")).flatMap((statement) => {
    const bound = statement.namedChildren[0];
    const name = bound?.type === "assignment" ? bound.child("left")?.text : undefined;
    const sides = name === undefined ? undefined : context.byAccessor.get(name);
    return sides === undefined ? [] : [{ name, sides, at: statement.span }];
  });
  if (named.length === 0) return;
  const external = [...familyOf(context.index, cls, cls.module).external];
  const decorator = cls.parent?.type === "decorated_definition" ? cls.parent.text.slice(0, cls.parent.text.indexOf("class ")) : "";
  const byName = external.some((one) => BY_NAME.test(one)) || FROM_ATTRIBUTES.test(cls.text) || decorator.includes("strawberry");
  // Pydantic may be told where it is called, too.
  const asked = external.includes("BaseModel") && context.index.paths.some((path) => FROM_OBJECT.test(context.index.text(path)));
  if (!byName && !asked && external.every((one) => ITS_OWN.test(one))) return;
  const own = context.receivers.ownModel(cls);
  for (const { name, sides, at } of named) {
    const joins = sides.filter(({ on }) => own === null || own.size === 0 || isOf(on, own, context)).map(({ join }) => join);
    if (byName && own !== null && own.size > 0) for (const join of joins) context.sink.uses(join, at);
    else
      context.sink.mayUse(
        joins,
        `\`${cls.child("name")?.text ?? ""}\` ${byName ? "reads" : "may read"} \`${name ?? ""}\` of the objects that it is given`,
        at,
      );
  }
}

function isOf(on: string, own: ReadonlySet<string>, { models }: UsageContext): boolean {
  return [...own].some((label) => {
    const model = models.get(label);
    return label === on || (model !== null && models.lineage(model).some((one) => one.label === on));
  });
}
