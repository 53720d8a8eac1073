/** What callers may do: request a termination under one of their policies, read its status, and cancel it. */

import { createHash } from 'node:crypto';
import { type HttpAnswer, jsonAnswer } from '../http/answer.ts';
import { jsonOf, mustBeOfType } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import { type Approvable, mustNameApproverById } from '../termination/asker.ts';
import { personIn } from '../termination/person.ts';
import type { DeliveryStore, OriginStore, SignalStore, ViewStore } from '../termination/ports/store.ts';
import type { RunView } from '../termination/status/run-view.ts';
import { checked, RUN_ID } from '../triggers/order.ts';
import { ExecutionError, type RunControl, signalRun } from '../triggers/run-control.ts';
import { cancelSchema, runAnswer, terminationAskSchema } from './bodies.ts';
import { type Authenticated, authenticate, type CallerBook } from './callers.ts';

export interface Terminations extends CallerBook {
  runControl: RunControl<Pick<SignalStore & ViewStore, 'signals' | 'view'> & OriginStore & DeliveryStore>;
  /** Those that exist, by name. */
  policies: Readonly<Record<string, Approvable>>;
  /** The public URL, without a slash at the end. */
  baseUrl: (request: HttpRequest) => string;
  /** Called for what was accepted. */
  onTaken: (line: { message: 'accepted' | 'cancelling'; requestId: string; caller: string; policy: string }) => void;
}

export function terminationRoutes(site: Terminations): Route[] {
  return [
    { method: 'POST', path: '/terminations', answer: (request) => terminate(request, site) },
    { method: 'GET', path: '/terminations/{id}', answer: (request, id) => status(request, id, site) },
    { method: 'POST', path: '/terminations/{id}/cancel', answer: (request, id) => cancel(request, id, site) },
  ];
}

const ASK_EXAMPLE = '{"policy": "nightly-dev", "servers": ["1088217"]}';
const CANCEL_EXAMPLE = '{"reason": "needed after all"} or {}';

async function terminate(request: HttpRequest, site: Terminations): Promise<HttpAnswer> {
  mustBeOfType(request, 'application/json');
  const who = await authenticate(request, site);
  const ask = checked(terminationAskSchema, jsonOf(who.text, ASK_EXAMPLE), ASK_EXAMPLE);
  // The same answer in both cases, so that nobody can find out which policies exist.
  const policy = Object.hasOwn(site.policies, ask.policy) ? site.policies[ask.policy] : undefined;
  if (!who.policies.includes(ask.policy) || policy === undefined) {
    throw new HttpProblem(403, 'this caller may not use a policy of that name');
  }
  const by = nameOf(who);
  // A person on whose behalf a caller asks must not approve the run as somebody else.
  const askedBy = personIn(ask.requestedBy) ?? by;
  mustNameApproverById(policy, { ...ask, askedBy });
  const requestId = requestIdFor(who);
  const isAgain = await takeDelivery(request, who, site.runControl.store);
  // Until there is a plan, this is all that is known of the run.
  await site.runControl.store.rememberOrigin(requestId, by);
  const requestedBy = ask.requestedBy === '' ? by : `${by} for ${ask.requestedBy}`;
  const payload = { requestId, trigger: 'webhook', askedBy, requestedBy, request: ask };
  await site.runControl.start({ name: requestId, payload }).catch((error: unknown) => {
    // The first delivery started it already, perhaps under an earlier deployment.
    if (!isAgain || !(error instanceof ExecutionError) || error.kind !== 'conflict') throw error;
  });
  site.onTaken({ message: 'accepted', requestId, caller: who.caller, policy: ask.policy });
  const statusUrl = statusUrlOf(request, requestId, site);
  return jsonAnswer(202, { id: requestId, status: 'accepted', statusUrl, plan: null });
}

async function status(request: HttpRequest, id: string, site: Terminations): Promise<HttpAnswer> {
  const who = await authenticate(request, site);
  const card = await visibleRun(id, who, site.runControl.store);
  return jsonAnswer(200, card === undefined ? { requestId: id, state: 'accepted' } : runAnswer(card));
}

async function cancel(request: HttpRequest, id: string, site: Terminations): Promise<HttpAnswer> {
  mustBeOfType(request, 'application/json');
  const who = await authenticate(request, site);
  const { reason } = checked(cancelSchema, jsonOf(who.text, CANCEL_EXAMPLE), CANCEL_EXAMPLE);
  const card = await visibleRun(id, who, site.runControl.store);
  const by = nameOf(who);
  if (card?.state === 'ended') {
    const isSaid = (await site.runControl.store.signals(id)).some(
      (signal) => signal.kind === 'cancel' && signal.by === by,
    );
    const isAgain = await wasTakenBeforeTheEnd(request, who, site.runControl.store);
    if (!isSaid || !isAgain) throw new HttpProblem(409, `the run has ended: ${card.status}`);
  } else {
    await takeDelivery(request, who, site.runControl.store);
    const at = new Date(site.now()).toISOString();
    await signalRun(site.runControl, id, { kind: 'cancel', planHash: '', by, name: who.caller, at, reason });
  }
  site.onTaken({ message: 'cancelling', requestId: id, caller: who.caller, policy: card?.policy ?? '' });
  return jsonAnswer(202, { id, status: 'cancelling', statusUrl: statusUrlOf(request, id, site) });
}

/** The view of a run under one of the caller's policies; undefined: accepted, and without a plan yet. Throws a 404. */
async function visibleRun(
  id: string,
  who: Authenticated,
  store: Pick<ViewStore & OriginStore, 'view' | 'originOf'>,
): Promise<RunView | undefined> {
  const notFound = new HttpProblem(404, 'this caller has no run with that id');
  if (!RUN_ID.test(id)) throw notFound;
  const card = await store.view(id);
  if (card !== undefined) {
    if (who.policies.includes(card.policy)) return card;
    throw notFound;
  }
  if ((await store.originOf(id)) === nameOf(who)) return undefined;
  throw notFound;
}

/**
 * Whether this was accepted before. Throws a 409 if the same caller has sent something else under this webhook-id, or
 * the same to another path: no signature covers the path.
 */
async function takeDelivery(request: HttpRequest, who: Authenticated, store: DeliveryStore): Promise<boolean> {
  const taken = await seen(request, who, store);
  if (taken !== 'other') return taken === 'again';
  throw new HttpProblem(409, 'this webhook-id was used for another message; use a new one');
}

/**
 * A cancel that was accepted while the run went on is answered the same way again. A cancel that first came after the end
 * is remembered as such, so that it is refused however often it is sent.
 */
async function wasTakenBeforeTheEnd(request: HttpRequest, who: Authenticated, store: DeliveryStore): Promise<boolean> {
  const late = await seen(request, who, store, 'after the end');
  return late === 'other' && takeDelivery(request, who, store);
}

function seen(
  { path }: HttpRequest,
  who: Authenticated,
  store: DeliveryStore,
  when = '',
): ReturnType<DeliveryStore['seen']> {
  const content = [path, who.text, ...(when === '' ? [] : [when])].join('\n');
  return store.seen({ channel: nameOf(who), id: who.webhookId, content, ttlSeconds: REMEMBERED_SECONDS });
}

/** Senders give up after three days at the latest. */
export const REMEMBERED_SECONDS = 7 * 24 * 60 * 60;

/** The caller's name in the store, in signals and in reports. */
function nameOf({ caller }: Pick<Authenticated, 'caller'>): string {
  return `webhook:${caller}`;
}

/**
 * The same for the same message of the same caller. It names the run and the execution, so it has letters, digits and
 * hyphens only, at most 64 (AWS): 8, the caller's 31, 1 and 24 of the hash.
 */
export function requestIdFor({ caller, webhookId }: Pick<Authenticated, 'caller' | 'webhookId'>): string {
  return `webhook-${caller}-${createHash('sha256').update(webhookId).digest('hex').slice(0, 24)}`;
}

function statusUrlOf(request: HttpRequest, id: string, { baseUrl }: Terminations): string {
  return `${baseUrl(request)}/terminations/${encodeURIComponent(id)}`;
}
