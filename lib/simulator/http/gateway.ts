import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isoDate } from '../clock.ts';
import type { DueFault, FaultKind, Faults } from '../faults.ts';
import type { Journal, JournalCall } from '../journal.ts';
import type { World } from '../world/world.ts';
import { type Answer, gatewayError, inHtml } from './gateway-errors.ts';
import type { RequestMeter } from './request-limit.ts';
import { type Result, type Route, routeOf } from './route.ts';
import { authenticationProblem, type Credentials } from './signature.ts';

export interface IncomingCall {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  /** Nothing when it was larger than the gateway takes. */
  body: Buffer | undefined;
}

/** What goes back: an answer, after so many real seconds, or no answer at all when `answer` is absent. */
export interface Outgoing {
  answer?: Answer;
  delaySeconds: number;
  requestId: string;
}

export interface Gateway {
  world: World;
  journal: Journal;
  credentials: Credentials;
  faults: Faults;
  /** Absent: every call is taken. */
  meter: RequestMeter | undefined;
  /** Wall clock in milliseconds, against which timestamps are checked. */
  gatewayNow(): number;
}

/** One call from request to answer: request limit, size, path, gateway faults, signature, the other faults, the action itself. */
export function handleCall(gateway: Gateway, incoming: IncomingCall): Outgoing {
  gateway.world.settle();
  const requestId = randomUUID();
  const route = incoming.body && routeOf({ ...incoming, body: incoming.body });
  const entry = gateway.journal.add(entryOf(gateway, incoming, route, requestId));
  const outgoing = decide(gateway, incoming, route, entry);
  entry.status = outgoing.answer?.status ?? 0;
  const { answer } = outgoing;
  const isHtml = gateway.world.guesses['gateway-text'] === 'html' && answer?.isGatewayError === true;
  return { ...outgoing, ...(isHtml && { answer: inHtml(answer) }), requestId };
}

function decide(
  gateway: Gateway,
  incoming: IncomingCall,
  route: Route | undefined,
  entry: JournalCall,
): Omit<Outgoing, 'requestId'> {
  const overLimit = gateway.meter?.take(gateway.world.now());
  if (overLimit !== undefined) {
    const answer = gatewayError(429, '410');
    const said = gateway.meter?.saysWhen === true ? { retryAfterSeconds: Math.ceil(overLimit) } : {};
    return stopped(entry, { ...answer, ...said }, '429/410');
  }
  if (!incoming.body) return stopped(entry, gatewayError(413, '430'), '413/430');
  if (!route) return stopped(entry, gatewayError(404, '300'), '404/300');
  const fault = gateway.faults.draw(route);
  if (fault?.kind.type === 'gateway') {
    const { status, errorCode } = fault.kind;
    return stopped(noteFault(entry, fault), gatewayError(status, errorCode), `${status}/${errorCode}`);
  }
  const problem = authenticationProblem(incoming, gateway.credentials, gateway.gatewayNow());
  if (problem !== undefined) return stopped(entry, gatewayError(401, '200', problem), '401/200');
  if (!fault) return { answer: ran(entry, route.run(gateway.world, entry.requestId)), delaySeconds: 0 };
  return spoilt(gateway, route, noteFault(entry, fault), fault.kind);
}

function spoilt(gateway: Gateway, route: Route, entry: JournalCall, kind: FaultKind): Omit<Outgoing, 'requestId'> {
  switch (kind.type) {
    case 'gateway':
      return stopped(entry, gatewayError(kind.status, kind.errorCode), `${kind.status}/${kind.errorCode}`);
    case 'returnCode':
      return { answer: ran(entry, route.refuse(gateway.world, kind.returnCode)), delaySeconds: 0 };
    case 'cut-before':
      return { delaySeconds: 0 };
    case 'html':
      return stopped(entry, { status: 502, contentType: 'text/html', body: badGatewayPage }, '502/html');
    case 'cut-after':
      ran(entry, route.run(gateway.world, entry.requestId));
      return { delaySeconds: 0 };
    case 'delay':
      return { answer: ran(entry, route.run(gateway.world, entry.requestId)), delaySeconds: kind.seconds };
    case 'missing': {
      const run = (): Result => route.run(gateway.world, entry.requestId);
      return { answer: ran(entry, gateway.world.unseen(kind.no, run)), delaySeconds: 0 };
    }
    case 'garbage':
      return rewritten(gateway, route, entry, () => '%$#@! not a reply');
    case 'truncate':
      return rewritten(gateway, route, entry, (body) => body.slice(0, Math.floor(body.length / 2)));
    case 'empty':
      return rewritten(gateway, route, entry, () => '');
    default:
      return kind satisfies never;
  }
}

/** The action is done; only what is said about it is spoilt. */
function rewritten(
  gateway: Gateway,
  route: Route,
  entry: JournalCall,
  spoil: (body: string) => string,
): Omit<Outgoing, 'requestId'> {
  const answer = ran(entry, route.run(gateway.world, entry.requestId));
  return { answer: { ...answer, body: spoil(answer.body) }, delaySeconds: 0 };
}

const badGatewayPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

function entryOf(gateway: Gateway, incoming: IncomingCall, route: Route | undefined, requestId: string): JournalCall {
  return {
    at: isoDate(gateway.world.now()),
    kind: 'call',
    environment: route?.environment ?? '',
    action: route?.action ?? `${incoming.method} ${incoming.target.split('?')[0]}`,
    parameters: route?.parameters ?? {},
    status: 0,
    returnCode: '',
    requestId,
  };
}

function noteFault(entry: JournalCall, fault: DueFault): JournalCall {
  fault.spend();
  entry.fault = fault.spec;
  return entry;
}

function stopped(entry: JournalCall, answer: Answer, returnCode: string): Omit<Outgoing, 'requestId'> {
  entry.returnCode = returnCode;
  return { answer, delaySeconds: 0 };
}

function ran(entry: JournalCall, result: Result): Answer {
  entry.returnCode = result.returnCode;
  if (result.ignored && result.ignored.length > 0) entry.ignored = result.ignored;
  return result.answer;
}
