/**
 * Where `tread apply` writes down what ran: a server that holds this table is one that tread looks after. Defined here, because what must
 * never touch such a server has to know the name too.
 */
export const LEDGER_TABLE = "tread.ledger";
