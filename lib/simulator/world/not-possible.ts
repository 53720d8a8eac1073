/** Something that nobody could do: the message names what is not there, or not free. Nothing was changed. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}
