import type { Remedy } from '../termination/decision/decision.ts';
import { type CallIds, type Failure, type FailureKind, withIds } from '../termination/failure.ts';
import { oneLine } from '../termination/one-line.ts';
import { codeFor, GATEWAY_CODES, type NcloudErrorKind } from './codes.ts';
import type { Reply } from './reply.ts';
import { withoutHtml } from './without-html.ts';

/** A failed call. The message says which action, where, and what came back; it never holds keys or a body. */
export class NcloudError extends Error {
  readonly kind: NcloudErrorKind;
  readonly action: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** NCP's return code or the gateway's error code; empty when there was none. */
  readonly returnCode: string;
  /** NCP's words, in the language that it answered in. */
  readonly returnMessage: string;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** By which NCP's support finds the call; undefined where NCP named none. */
  readonly ids: CallIds | undefined;
  /** The message without the ids. */
  readonly #told: string;

  constructor(kind: NcloudErrorKind, action: string, said: ErrorDetails) {
    const { status = 0, returnCode = '', hint = '' } = said;
    const returnMessage = oneLine(withoutHtml(said.returnMessage ?? '') || meaningOf(kind, returnCode), 300);
    const code = returnCode === '' ? '' : ` ${status === 0 ? '' : `HTTP ${status}, `}code ${returnCode}:`;
    const told = `${action} ${VERBS[kind]}:${code} ${returnMessage}${inBrackets(hint)}`.trim();
    super(`${told}${inBrackets(inWords(said.ids))}`, { cause: said.cause });
    this.name = 'NcloudError';
    this.kind = kind;
    this.action = action;
    this.status = status;
    this.returnCode = returnCode;
    this.returnMessage = returnMessage;
    this.retryAfterMs = said.retryAfterMs;
    this.ids = said.ids;
    this.#told = told;
  }

  /** What it calls for; `unknown` where the action may have been done. */
  get remedy(): Remedy | 'unknown' {
    if (this.kind === 'refused') return codeFor(this.returnCode)?.remedy ?? 'fail';
    return REMEDIES[this.kind];
  }

  get failure(): Failure {
    const { kind, action: of, returnCode, returnMessage, status } = this;
    const ids = withIds(this.ids);
    if (kind === 'refused') return { kind, of, returnCode, returnMessage, ...ids };
    return {
      kind: FAILURES[kind],
      of,
      code: returnCode || (status === 0 ? '' : `HTTP ${status}`),
      message: this.#told,
      ...ids,
    };
  }

  /** Every further call would fail the same way. */
  get fatal(): boolean {
    return this.remedy === 'fatal';
  }
}

const REMEDIES: Record<Exclude<NcloudErrorKind, 'refused'>, Remedy | 'unknown'> = {
  authentication: 'fatal',
  permission: 'fatal',
  throttled: 'later',
  quota: 'later',
  rejected: 'fail',
  unavailable: 'unknown',
  keyless: 'later',
  'without-keys': 'fatal',
  rotated: 'later',
  unsent: 'later',
  unreachable: 'later',
  cut: 'unknown',
  unreadable: 'unknown',
};

const FAILURES: Record<Exclude<NcloudErrorKind, 'refused'>, FailureKind> = {
  authentication: 'not-authenticated',
  permission: 'not-permitted',
  throttled: 'throttled',
  quota: 'throttled',
  rejected: 'unusable',
  unavailable: 'no-answer',
  keyless: 'no-keys',
  'without-keys': 'no-keys',
  rotated: 'not-authenticated',
  unsent: 'not-now',
  unreachable: 'unreachable',
  cut: 'no-answer',
  unreadable: 'unreadable',
};

/** Our words, where NCP sent none. */
function meaningOf(kind: NcloudErrorKind, returnCode: string): string {
  const code = kind === 'refused' ? codeFor(returnCode) : GATEWAY_CODES[returnCode];
  return code?.meaning ?? '';
}

export interface ErrorDetails {
  status?: number;
  returnCode?: string;
  returnMessage?: string;
  retryAfterMs?: number | undefined;
  hint?: string;
  ids?: CallIds | undefined;
  cause?: unknown;
}

function inBrackets(note: string): string {
  return note === '' ? '' : ` (${note})`;
}

function inWords(ids: CallIds | undefined): string {
  const { requestId = '', traceId = '' } = ids ?? {};
  return [requestId && `NCP's request id ${requestId}`, traceId && `trace id ${traceId}`].filter(Boolean).join(', ');
}

const VERBS: Record<NcloudErrorKind, string> = {
  refused: 'was refused by NCP',
  authentication: 'was not authenticated',
  permission: 'is not permitted to these keys',
  throttled: 'was throttled',
  quota: 'is over the quota',
  rejected: "was turned away by NCP's gateway",
  unavailable: 'got no answer from NCP behind its gateway',
  keyless: 'was not sent, the keys could not be loaded',
  'without-keys': 'was not sent, the keys could not be loaded',
  rotated: 'was not authenticated, the keys had been replaced',
  unsent: 'was not sent',
  unreachable: 'could not be sent',
  cut: 'was cut off',
  unreadable: 'got an answer that cannot be read',
};

/**
 * The error that a reply is, or undefined if it is a success. Both error bodies count whatever the HTTP status says,
 * and NCP's are read leniently: some replies call the fields responseCode and responseMessage.
 */
export function errorIn(reply: Reply, action: string, answer: Heard): NcloudError | undefined {
  const { root, body } = reply;
  const { status } = answer;
  if (root === 'error') return gatewayError(body, action, answer);
  const returnCode = text(body['returnCode']) || text(body['responseCode']);
  const returnMessage = text(body['returnMessage']) || text(body['responseMessage']);
  if (root === 'responseError') {
    return new NcloudError(kindOfCode(returnCode), action, { ...heard(answer), returnCode, returnMessage });
  }
  if (root !== `${action}Response`) {
    return new NcloudError(status >= 400 ? kindOfStatus(status) : 'unreadable', action, {
      ...heard(answer),
      returnMessage: `expected ${action}Response, got ${root.slice(0, 60)}`,
    });
  }
  if (returnCode === '0' && status >= 200 && status < 300) return undefined;
  if (returnCode === '' || returnCode === '0') {
    return new NcloudError('unreadable', action, {
      ...heard(answer),
      returnMessage: 'the reply has no return code that fits its status',
    });
  }
  return new NcloudError(kindOfCode(returnCode), action, { ...heard(answer), returnCode, returnMessage });
}

/** What an answer says beside its body. */
interface Heard {
  status: number;
  retryAfterMs?: number | undefined;
  ids?: CallIds | undefined;
}

function heard({ status, retryAfterMs, ids }: Heard): Heard {
  return { status, retryAfterMs, ids };
}

/**
 * The error that a document of Resource Manager is, or undefined if it is a success. The service says
 * `{success: false, error}` with codes of its own, the gateway in front of it `{error}` with the gateway's.
 */
export function errorInDocument(document: Reply['body'], action: string, answer: Heard): NcloudError | undefined {
  const { error = '', success } = document;
  const { status } = answer;
  const said = typeof error === 'object' && !Array.isArray(error) ? error : {};
  if (error !== '' && success === undefined) return gatewayError(said, action, answer);
  if (error === '' && success !== 'false' && status >= 200 && status < 300) return undefined;
  const kind = kindOfStatus(status);
  // An error that is not about keys, load or an outage was understood, and refused.
  return new NcloudError(kind === 'rejected' || kind === 'unreadable' ? 'refused' : kind, action, {
    ...heard(answer),
    returnCode: text(said['errorCode']),
    returnMessage: text(said['message']),
  });
}

function kindOfCode(returnCode: string): NcloudErrorKind {
  return returnCode === '800' ? 'authentication' : 'refused';
}

function gatewayError(body: Reply['body'], action: string, answer: Heard): NcloudError {
  const returnCode = text(body['errorCode']);
  const details = text(body['details']);
  const returnMessage = [text(body['message']), details].filter((part) => part !== '').join(': ');
  const kind = GATEWAY_CODES[returnCode]?.kind ?? kindOfStatus(answer.status);
  return new NcloudError(kind, action, { ...heard(answer), returnCode, returnMessage });
}

/** For an answer whose body says nothing. A 429 is the gateway's, whatever else it holds: nothing was done. */
export function kindOfStatus(status: number): NcloudErrorKind {
  if (status === 401) return 'authentication';
  if (status === 403) return 'permission';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'rejected' : 'unreadable';
}

function text(value: Reply['body'][string] | undefined): string {
  return typeof value === 'string' ? value : '';
}
