/** What the client of an AWS service says of a failure: its code, never its text, which may hold what was sent. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Whether the service said no (4xx), as opposed to breaking down or not answering. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}
