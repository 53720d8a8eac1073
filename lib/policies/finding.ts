/** A problem of the policies, before its place in the file is known. */
export interface Finding {
  path: readonly PropertyKey[];
  message: string;
  /** Point at the key rather than at what it holds. */
  atKey?: boolean;
  /** A warning: the file is still accepted. */
  isWarning?: boolean;
}

/** The values that occur more than once, each once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
