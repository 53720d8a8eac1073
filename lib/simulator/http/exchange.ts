import { answerControl, type Controlled } from './control.ts';
import { type Gateway, handleCall, type IncomingCall, type Outgoing } from './gateway.ts';
import { gatewayError } from './gateway-errors.ts';

/** NCP's gateway takes no body over this (413/430); where its limit lies is a guess. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** What goes over the wire. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** A call that has arrived; its action is done. */
export interface Exchange {
  /** Seconds until the reply is due. */
  delaySeconds: number;
  /** Made when it is sent, because it carries the date; undefined: the connection is cut instead. */
  reply: () => Reply | undefined;
}

/** One request, whatever carried it here: to the side door or to NCP's gateway. */
export function exchange(gateway: Gateway, controlled: Controlled, incoming: IncomingCall): Exchange {
  const [path = ''] = incoming.target.split('?');
  const outgoing: Outgoing = path.startsWith('/_simulator/')
    ? { answer: answerControl(controlled, { ...incoming, path }), delaySeconds: 0, requestId: '' }
    : answerCall(gateway, incoming);
  return { delaySeconds: outgoing.delaySeconds, reply: () => replyOf(outgoing, gateway.gatewayNow()) };
}

/** A bug in the simulator must not look like a cut connection. */
function answerCall(gateway: Gateway, call: IncomingCall): Outgoing {
  try {
    return handleCall(gateway, call);
  } catch (error) {
    const details = `simulator bug: ${error instanceof Error ? error.message : String(error)}`;
    return { answer: gatewayError(500, '900', details), delaySeconds: 0, requestId: '' };
  }
}

function replyOf({ answer, requestId }: Outgoing, gatewayNow: number): Reply | undefined {
  if (!answer) return undefined;
  const body = Buffer.from(answer.body, 'utf8');
  const headers = {
    date: new Date(gatewayNow).toUTCString(),
    'content-type': answer.contentType,
    'content-length': String(body.length),
    // What NCP's support asks for; that both tell of one number is a guess.
    'x-ncp-apigw-request-id': requestId,
    'x-ncp-trace-id': requestId.replaceAll('-', ''),
    ...(answer.retryAfterSeconds === undefined ? {} : { 'retry-after': String(answer.retryAfterSeconds) }),
  };
  return { status: answer.status, headers, body };
}
