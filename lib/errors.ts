/** What went wrong, by its code, or else by its name: never by its text, which may quote what was sent. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export function messageOf(error: unknown): string {
  const thrown = thrownBy(error);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A durable step's error is wrapped; what happened is in its cause. */
export function thrownBy(error: unknown): unknown {
  return error instanceof Error && error.name === 'StepError' && error.cause instanceof Error ? error.cause : error;
}
