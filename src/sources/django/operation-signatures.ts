/** Extension operations of `django.contrib.postgres` with the extension that each creates. */
export const EXTENSIONS: Readonly<Record<string, string>> = {
  BloomExtension: "bloom",
  BtreeGinExtension: "btree_gin",
  BtreeGistExtension: "btree_gist",
  CITextExtension: "citext",
  CryptoExtension: "pgcrypto",
  HStoreExtension: "hstore",
  TrigramExtension: "pg_trgm",
  UnaccentExtension: "unaccent",
};

/** Positional parameters of Django's operations, in order. */
export const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  CreateModel: ["name", "fields", "options", "bases", "managers"],
  DeleteModel: ["name"],
  RenameModel: ["old_name", "new_name"],
  AlterModelTable: ["name", "table"],
  AlterModelTableComment: ["name", "table_comment"],
  AlterModelOptions: ["name", "options"],
  AlterModelManagers: ["name", "managers"],
  AlterUniqueTogether: ["name", "unique_together"],
  AlterIndexTogether: ["name", "index_together"],
  AlterOrderWithRespectTo: ["name", "order_with_respect_to"],
  AddField: ["model_name", "name", "field", "preserve_default"],
  AlterField: ["model_name", "name", "field", "preserve_default"],
  RemoveField: ["model_name", "name"],
  RenameField: ["model_name", "old_name", "new_name"],
  AddIndex: ["model_name", "index"],
  AddIndexConcurrently: ["model_name", "index"],
  RemoveIndex: ["model_name", "name"],
  RemoveIndexConcurrently: ["model_name", "name"],
  RenameIndex: ["model_name", "new_name", "old_name", "old_fields"],
  AddConstraint: ["model_name", "constraint"],
  AddConstraintNotValid: ["model_name", "constraint"],
  RemoveConstraint: ["model_name", "name"],
  AlterConstraint: ["model_name", "name", "constraint"],
  ValidateConstraint: ["model_name", "name"],
  RunSQL: ["sql", "reverse_sql", "state_operations", "hints", "elidable"],
  RunPython: ["code", "reverse_code", "atomic", "hints", "elidable"],
  SeparateDatabaseAndState: ["database_operations", "state_operations"],
  CreateExtension: ["name"],
  CreateCollation: ["name", "locale", "provider", "deterministic"],
  RemoveCollation: ["name", "locale", "provider", "deterministic"],
};

/** Operations of Django itself. */
export function isKnown(name: string): boolean {
  return PARAMETERS[name] !== undefined || EXTENSIONS[name] !== undefined;
}
