/** Decodes an answer: the body of a success, or an error. */

import { errorIn, errorInDocument, kindOfStatus, NcloudError } from './errors.ts';
import { type Reply, readDocument, readReply } from './reply.ts';
import { UnreadableReply } from './reply-bounds.ts';
import type { Answer } from './transport.ts';

/** An answer, and what is needed to judge it. `sentAt` is our clock, in milliseconds since the epoch. */
export interface Received {
  action: string;
  answer: Answer;
  sentAt: number;
}

/** The body of a reply in XML or JSON. Throws {@link NcloudError} for everything but a success. */
export function replyIn({ action, answer, sentAt }: Received): Reply['body'] {
  const reply = readable(readReply, { action, answer, sentAt });
  throwIfError(errorIn(reply, action, answer), { action, answer, sentAt });
  return reply.body;
}

/** A JSON document of Resource Manager. Throws {@link NcloudError} for everything but a success. */
export function documentIn({ action, answer, sentAt }: Received): Reply['body'] {
  const document = readable(readDocument, { action, answer, sentAt });
  throwIfError(errorInDocument(document, action, answer), { action, answer, sentAt });
  return document;
}

function readable<T>(read: (text: string) => T, { action, answer, sentAt }: Received): T {
  const { status, text, retryAfterMs, serverTime, ids } = answer;
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof UnreadableReply)) throw error;
    const hint = status === 401 ? clockHint(serverTime, sentAt) : '';
    throw new NcloudError(kindOfStatus(status), action, {
      status,
      returnMessage: `HTTP ${status}, ${error.message}`,
      retryAfterMs,
      hint,
      ids,
    });
  }
}

function throwIfError(error: NcloudError | undefined, { action, answer, sentAt }: Received): void {
  if (error === undefined) return;
  if (error.kind !== 'authentication') throw error;
  const { returnCode, returnMessage } = error;
  throw new NcloudError('authentication', action, {
    status: answer.status,
    returnCode,
    returnMessage,
    hint: clockHint(answer.serverTime, sentAt),
    ids: answer.ids,
  });
}

/** NCP refuses stamps that are five minutes off, in the same words as wrong keys. */
function clockHint(serverTime: number | undefined, sentAt: number): string {
  if (serverTime === undefined) return 'check the keys and the clock';
  const minutes = Math.round((sentAt - serverTime) / 60_000);
  if (Math.abs(minutes) < 4) return 'check the access key and the secret key';
  return `the clock here is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} NCP's; at most 5 are accepted`;
}
