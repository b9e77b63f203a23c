import { names } from "./uses.ts";

/** Languages whose strings are searched for whole statements; here only pieces of SQL in them matter. */
export const READ: RegExp = /\.(?:py|[cm]?[jt]sx?|rs|go|rb|java)$/;
/** Languages that nobody reads: a file that names the table and the column may use it. */
export const UNREAD: RegExp =
  /\.(?:php|phtml|kt|kts|cs|vb|fs|scala|sc|clj[cs]?|ex|exs|erl|pl|pm|swift|m|mm|c|h|cc|cpp|cxx|hpp|sh|bash|zsh|ps1|lua|dart|groovy|r|jl|ml|hs|nim|cr|zig|ipynb|erb|ejs|jinja2?|tmpl|hbs|graphql|ya?ml\.j2|prisma)$/i;
/** Where pieces of SQL are handed to a database, and where a class is given fields that its body does not have. */
export const PIECES: string = String.raw`RawSQL\(|\.extra\(|\.raw\(|\.execute[a-z]*\(|cursor\(|queryRaw|executeRaw|sql[\`]|sql\.raw|sql\.identifier|[^a-z_.]text\(|literal_column\(|_to_class\(|locals\(\)|as_sql\(|as_postgresql\(|func[(),]|expression[(),]|[^a-z_]col\(|lookup[(),]|transform[(),]`;

/** `legacy_id` as other languages write it: `legacyId`. Case is not looked at. */
export function spellings(column: string): readonly string[] {
  return [...new Set([column, column.replaceAll("_", "")])];
}

/** `shop_customers` as a class: `ShopCustomer`. */
export function tableSpellings(bare: string): readonly string[] {
  const joined = bare.replaceAll("_", "");
  return [...new Set([bare, joined, joined.replace(/ies$/, "y"), joined.replace(/es$/, ""), joined.replace(/s$/, "")])];
}

/** `from person`, `UPDATE "public"."person"`, or the name alone in its line: SQL in a file of any kind (YAML, XML, a script, a template). */
export function afterSqlWord(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const word = String.raw`["'\`[]?(?:\w+["'\`\]]?\.["'\`[]?)?${escaped}(?![\w$])`;
  return new RegExp(String.raw`(?:\b(?:from|join|into|update|table|copy|only|using)\s+|,\s*|^\s*)${word}`, "i").test(text);
}

/** What a comment says is no use, and neither is the declaration that a helper takes out of the running app. */
export function withoutComment(text: string): string {
  if (/=\s*\w*deprecate\w*\(/i.test(text)) return "";
  return text.replace(/^\s*(?:#|\/\/|\*|--).*$/, "").replace(/\s(?:#|\/\/)\s.*$/, "");
}

/** The name and nothing else in quotes, its schema before it. */
export function isWholeString(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(["'\`])(?:\w+\.)?${escaped}(?:\s+as\s+\w+)?\1`, "i").test(withoutComment(text));
}

/** The name alone in quotes and given to nothing that takes SQL: what declares columns says it so (`text("email")`, `db_column="email"`). */
export function isDeclaration(text: string, word: string): boolean {
  return (
    isWholeString(text, word) && !new RegExp(PIECES).test(text) && !/^\s*for\b/.test(text) && !/^\s*(["'`])\w+\1\s*[,)\]]*\s*$/.test(text)
  );
}

/** A name that the ORM looks up itself: on a model that has no such field it fails whether or not the column is there. */
const LOOKED_UP =
  /\b(?:F|Q|Count|Sum|Avg|Min|Max|OuterRef|Prefetch)\(\s*["'][\w-]+["']|\.(?:values|values_list|only|defer|order_by|distinct|bulk_update|select_related|prefetch_related|latest|earliest)\([^()]*\)/g;

export function inString(text: string, word: string): boolean {
  const code = text.replace(/^\s*(?:#|\/\/).*$/, "").replaceAll(LOOKED_UP, "");
  return [...code.matchAll(/(["'`])((?:(?!\1|\\).|\\.)*)(?:\1|$)/g)].some(([, , inner = ""]) => names(inner, word));
}

/** `email = models.EmailField(…)`, `contact = models.TextField(db_column="email")`: a field of a Django model. */
export function givesField(text: string, fields: readonly string[]): boolean {
  const [, name = "", call = ""] = /^\s+(\w+)\s*(?::[^=]+)?=\s*\w*models\.\w+\((.*)/.exec(text) ?? [];
  return (
    name !== "" && (fields.includes(name) || fields.some((field) => new RegExp(String.raw`db_column\s*=\s*["']${field}["']`).test(call)))
  );
}

/** What is data names a table: with its schema, as the value of what is called table, or by a name that nothing else would have. */
export function namesTable(text: string, bare: string, exactly: boolean): boolean {
  if (!names(text, bare)) return false;
  const escaped = bare.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  if (
    new RegExp(
      String.raw`\b(?:public\.|(?:\w*(?:table|relation|objects?|entity)\w*["']?\s*[:=(]|name["']?\s*[:=])[^,;]*?)${escaped}(?![\w$])`,
      "i",
    ).test(text)
  )
    return true;
  return !exactly && bare.includes("_");
}

/** `DB[:person]`, as Ruby names things. */
export function isSymbol(text: string, name: string): boolean {
  return withoutComment(text)
    .toLowerCase()
    .split(/(?<!:):(?=\w)/)
    .slice(1)
    .some((rest) => /^\w+/.exec(rest)?.[0] === name.toLowerCase());
}
