/** Whether the service refused (4xx), rather than failing or not answering. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}
