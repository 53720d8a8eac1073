/** Something wrong with the policies, before it is known where in the file it stands. */
export interface Finding {
  path: readonly PropertyKey[];
  message: string;
  /** Point at the key rather than at what it holds. */
  atKey?: boolean;
  /** Worth a word, but the file is taken. */
  isWarning?: boolean;
}

/** What stands there more than once, each once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
