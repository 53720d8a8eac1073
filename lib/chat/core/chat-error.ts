import { NEVER_CONNECTED } from '../../net/never-connected.ts';

/**
 * What went wrong with a call to a chat service.
 * - `throttled`: too many calls just now; nothing was done
 * - `unreachable`: no connection was made; nothing was done
 * - `unavailable`: a 5xx, a cut connection or no answer in time; whether anything was done is unknown
 * - `authentication`: the token or what it may do; every call will fail
 * - `refused`: the service understood the call and does not want it
 * - `unreadable`: an answer came that is none; unknown
 */
export type ChatErrorKind = 'throttled' | 'unreachable' | 'unavailable' | 'authentication' | 'refused' | 'unreadable';

/**
 * A failed call to a chat service. The message names service and method and what came back. It holds no token, no URL
 * (a response URL is a secret of its own) and no body, and there is no cause, since HTTP clients quote headers in theirs.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly kind: ChatErrorKind;
  /** The service's own code such as `invalid_blocks`, or the status or network code; one word. */
  readonly code: string;
  /** How long the service asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: ChatErrorKind, call: string, { code, detail = '', retryAfterMs }: ChatErrorDetails) {
    super(`${call} ${VERBS[kind]} (${code}${detail === '' ? '' : `: ${detail}`})`);
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later. If `isUndone` is false, it may then be done twice. */
  get retryable(): boolean {
    return this.kind === 'unavailable' || this.isUndone;
  }

  /** Whether it is certain that nothing was done, and another try may help. */
  get isUndone(): boolean {
    return this.kind === 'throttled' || this.kind === 'unreachable';
  }
}

export interface ChatErrorDetails {
  code: string;
  detail?: string;
  retryAfterMs?: number | undefined;
}

const VERBS: Record<ChatErrorKind, string> = {
  throttled: 'was throttled',
  unreachable: 'could not be sent',
  unavailable: 'got no answer',
  authentication: 'was not authorized',
  refused: 'was refused',
  unreadable: 'got an answer that cannot be read',
};

/** Classifies an error of the HTTP client by its code, never by its text, which may quote a header. */
export function networkError(error: unknown, call: string): ChatError {
  const code = codeOf(error);
  return new ChatError(NEVER_CONNECTED.has(code) ? 'unreachable' : 'unavailable', call, { code });
}

/** For an answer whose body says nothing. */
export function kindOfStatus(status: number): ChatErrorKind {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'authentication';
  if (status >= 500 || status === 408) return 'unavailable';
  return status >= 400 ? 'refused' : 'unreadable';
}

/** An error may stand for several addresses that failed in the same way. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : error.name;
}
