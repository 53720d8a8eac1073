/** What a service of AWS answered in place of doing it. Nothing of its text is kept, which may quote what was sent. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  /** Whose fault it is, as the SDK's own errors say it. */
  readonly $fault: 'client' | 'server';

  /** `type` as the service writes it, perhaps with a namespace before `#` and a URL behind `:`; may be empty. */
  constructor(status: number, type: string) {
    const code = /^(?:[\w.]+#)?([A-Za-z]\w*)/.exec(type)?.[1] ?? `HTTP ${status}`;
    super(`the service answered ${code}`);
    this.code = code;
    this.$fault = status >= 400 && status < 500 ? 'client' : 'server';
  }
}

/** Whether the service refused (4xx), rather than failing or not answering. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}
