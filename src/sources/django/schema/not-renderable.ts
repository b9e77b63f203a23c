/** Why an operation cannot be turned into SQL. Caught where operations are rendered; it never leaves this source. */
export class NotRenderable extends Error {
  override readonly name = "NotRenderable";
}
