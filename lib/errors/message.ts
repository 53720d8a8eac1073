/** A durable step's error is wrapped; what happened is in its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'StepError' && error.cause instanceof Error ? error.cause.message : error.message;
}
