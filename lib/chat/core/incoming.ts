import type { HttpAnswer } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { ChatId } from '../identities.ts';
import type { ChatIdentity } from './identity.ts';
import type { ChatSecret } from './secret.ts';

/**
 * How a chat calls: what its function needs and no more, because somebody waits while that function starts. What is parsed is
 * handed over to the function that handles it.
 */
export interface Incoming<Secret> {
  chat: ChatId;
  identity: ChatIdentity;
  secret: ChatSecret<Secret>;
  /** Each accepts POST. */
  paths: readonly string[];
  contentType: string;
  /** `ok`, or why the request is not the chat's; safe to log. It is asked before anything is parsed. */
  verify(request: HttpRequest, secret: Secret, now: number): string;
  parse(request: HttpRequest, text: string, tools: ParseTools<Secret>): ParsedIncoming;
}

interface ParseTools<Secret> {
  secret: Secret;
  now: number;
  /** For the local stand-ins of the services: answers may go to loopback. */
  isLocal: boolean;
}

type ParsedIncoming =
  /** `payload`: in the chat's own words, with what it is besides; `answer`: where another one than none is due. */
  | { kind: 'hand-over'; payload: { kind: string }; answer?: HttpAnswer }
  /** There is nothing to do, and nothing is wrong. */
  | { kind: 'nothing' }
  | { kind: 'wrong'; problem: string }
  /** Signed, but too old or from the future. */
  | { kind: 'stale' };
