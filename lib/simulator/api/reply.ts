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
}

export type ReplyFormat = 'xml' | 'json';

export function successEnvelope(requestId: string, reply: ListReply): ReplyFields {
  return {
    requestId,
    returnCode: '0',
    returnMessage: 'success',
    totalRows: reply.totalRows,
    [reply.listName]: reply.rows,
  };
}

export function errorEnvelope(returnCode: string, returnMessage: string): ReplyFields {
  return { returnCode, returnMessage };
}
