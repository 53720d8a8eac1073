/** Whether the service said no (4xx), as opposed to breaking down or not answering. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}
