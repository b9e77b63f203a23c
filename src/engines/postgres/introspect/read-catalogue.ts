import * as sql from "./catalogue-sql.ts";
import type { Catalogue } from "./rows.ts";
import type { Query } from "./session.ts";

/** Every query of one transaction, one after the other: the catalogue as one snapshot shows it. */
export async function readCatalogue(query: Query): Promise<Catalogue> {
  return {
    schemas: await query(sql.SCHEMAS),
    extensions: await query(sql.EXTENSIONS),
    collations: await query(sql.COLLATIONS),
    types: await query(sql.TYPES),
    functions: await query(sql.FUNCTIONS),
    sequences: await query(sql.SEQUENCES),
    identities: await query(sql.IDENTITY_SEQUENCES),
    relations: await query(sql.RELATIONS),
    constraints: await query(sql.CONSTRAINTS),
    indexes: await query(sql.INDEXES),
    triggers: await query(sql.TRIGGERS),
    rules: await query(sql.RULES),
    policies: await query(sql.POLICIES),
    statistics: await query(sql.STATISTICS),
    publications: await query(sql.PUBLICATIONS),
    dependencies: await query(sql.DEPENDENCIES),
    owners: await query(sql.OWNERS),
    notRead: await query(sql.NOT_READ),
    extensionTypes: await query(sql.EXTENSION_TYPES),
    extensionFunctions: await query(sql.EXTENSION_FUNCTIONS),
  };
}
