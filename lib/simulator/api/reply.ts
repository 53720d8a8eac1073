import type { Guesses } from '../guesses.ts';

/** What an action answers: fields in the order they are written, the same for XML and JSON. */
export type ReplyValue = string | number | boolean | null | ReplyFields | readonly ReplyValue[];
export interface ReplyFields {
  [field: string]: ReplyValue;
}

/** An action's answer before its envelope: `{ serverInstanceList: [...] }` and how many there are before paging. */
export interface ListReply {
  totalRows: number;
  listName: string;
  rows: readonly ReplyValue[];
  /** Says only that it was done. */
  isBare?: boolean;
}

export type ReplyFormat = 'xml' | 'json';

export function successEnvelope(requestId: string, reply: ListReply): ReplyFields {
  const success = { requestId, returnCode: '0', returnMessage: 'success' };
  return reply.isBare ? success : { ...success, totalRows: reply.totalRows, [reply.listName]: reply.rows };
}

export function errorEnvelope(keys: Guesses['error-keys'], returnCode: string, returnMessage: string): ReplyFields {
  if (keys === 'returnCode') return { returnCode, returnMessage };
  return { responseCode: returnCode, responseMessage: returnMessage };
}
