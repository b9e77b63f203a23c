/** Rows of the catalogue's queries. Oids come as text: the driver gives 64-bit numbers so. */
export interface Named {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
}

export interface CollationRow extends Named {
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface TypeRow extends Named {
  readonly kind: string;
  readonly defined: boolean;
  readonly not_null: boolean;
  readonly base: string;
  readonly default: string | null;
  readonly collation: string | null;
  readonly labels: readonly string[] | null;
  readonly checks: readonly { readonly name: string; readonly definition: string; readonly valid: boolean }[] | null;
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly collation: string | null }[] | null;
  readonly range: { readonly subtype: string; readonly multirange: string | null } | null;
}

export interface FunctionRow extends Named {
  readonly kind: string;
  readonly definition: string | null;
  readonly arguments: string;
  readonly aggregate: {
    readonly transition: string;
    readonly state: string;
    readonly final: string | null;
    readonly initial: string | null;
    readonly kind: string;
  } | null;
}

export interface SequenceRow extends Named {
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
  readonly persistence: string;
  readonly owner: string | null;
  readonly owner_column: string | null;
}

export interface IdentityRow {
  readonly schema: string;
  readonly name: string;
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly owner: string;
}

export interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: string;
  readonly generated: string;
  readonly local: boolean;
  readonly collation: string | null;
}

export interface RelationRow extends Named {
  readonly kind: string;
  readonly persistence: string;
  readonly row_security: boolean;
  readonly force_row_security: boolean;
  readonly options: readonly string[] | null;
  readonly populated: boolean;
  /** `d`efault, `n`othing, `f`ull, `i`ndex. */
  readonly replica_identity: string;
  readonly definition: string | null;
  readonly partition_key: string | null;
  readonly bound: string | null;
  readonly server: string | null;
  readonly parents: readonly (string | number)[] | null;
  readonly columns: readonly ColumnRow[] | null;
}

export interface ConstraintRow {
  readonly oid: string;
  readonly relation: string;
  readonly name: string;
  readonly kind: string;
  readonly valid: boolean;
  readonly local: boolean;
  readonly parent: string;
  readonly definition: string;
  readonly index: string;
  readonly column: string | null;
}

export interface IndexRow extends Named {
  readonly relation: string;
  readonly valid: boolean;
  /** Rows are told apart by it in logical replication. */
  readonly replica_identity: boolean;
  readonly definition: string;
  readonly parent: string | null;
  readonly of_constraint: boolean;
}

export interface TriggerRow {
  readonly oid: string;
  readonly relation: string;
  readonly name: string;
  readonly definition: string;
  readonly enabled: string;
}

export interface RuleRow {
  readonly oid: string;
  readonly relation: string;
  readonly name: string;
  readonly of_view: boolean;
  readonly definition: string | null;
}

export interface PolicyRow {
  readonly oid: string;
  readonly relation: string;
  readonly name: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly roles: readonly string[] | null;
  readonly using_expression: string | null;
  readonly check_expression: string | null;
}

export interface PublicationRow {
  readonly oid: string;
  readonly name: string;
  readonly all_tables: boolean;
  readonly tables: readonly (string | number)[] | null;
}

export interface DependencyRow {
  readonly class: string;
  readonly oid: string;
  readonly needs_class: string;
  readonly needs: string;
}

export interface OwnerRow {
  readonly class: string;
  readonly oid: string;
  readonly owner_class: string;
  readonly owner: string;
}

/** The catalogue of one database, read in one snapshot. */
export interface Catalogue {
  readonly schemas: readonly Omit<Named, "schema">[];
  readonly extensions: readonly Named[];
  readonly collations: readonly CollationRow[];
  readonly types: readonly TypeRow[];
  readonly functions: readonly FunctionRow[];
  readonly sequences: readonly SequenceRow[];
  readonly identities: readonly IdentityRow[];
  readonly relations: readonly RelationRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly indexes: readonly IndexRow[];
  readonly triggers: readonly TriggerRow[];
  readonly rules: readonly RuleRow[];
  readonly policies: readonly PolicyRow[];
  readonly statistics: readonly { readonly oid: string; readonly name: string; readonly definition: string }[];
  readonly publications: readonly PublicationRow[];
  readonly dependencies: readonly DependencyRow[];
  readonly owners: readonly OwnerRow[];
  readonly notRead: readonly { readonly kind: string; readonly count: string }[];
  readonly extensionTypes: readonly { readonly schema: string; readonly name: string }[];
  /** Volatility 1 immutable, 2 stable, 3 volatile. */
  readonly extensionFunctions: readonly { readonly schema: string; readonly name: string; readonly volatility: number }[];
}
