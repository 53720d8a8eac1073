/**
 * The page where people decide who have no buttons in their chat. Only its form changes anything, because mail scanners and
 * previews open links. The link lets its holder decide about one plan, as the person that it was
 * sent to; a link without a person only shows the run.
 */

import { type HttpAnswer, pageAnswer } from '../http/answer.ts';
import { problemFrom } from '../http/failures.ts';
import { preferredLanguage } from '../http/language.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import { checkSignal, type SignalCheck } from '../termination/consent/check-signal.ts';
import type { SignalStore, ViewStore } from '../termination/ports/store.ts';
import type { Signal } from '../termination/signals.ts';
import { type RunControl, signalRun } from '../triggers/run-control.ts';
import type { ConfirmNote } from './confirm-notes.ts';
import { confirmPage, hasSearch } from './confirm-page.ts';
import { SCRIPT_HASH, STYLE_HASH } from './confirm-parts.ts';
import { formFrom, formSchema, rejectionSchema } from './form.ts';
import { readLink } from './link.ts';
import { type Decision, type FoundRun, noted, noteFor, noteOf, refusal, type Shown, saidBefore } from './shown.ts';

export interface Confirm {
  runControl: RunControl<Pick<SignalStore & ViewStore, 'signals' | 'view'>>;
  /** The keys that sign links, newest first; none if this deployment sends no links. */
  linkKeys: () => Promise<readonly string[]>;
  now: () => number;
  timezoneOf: (policy: string) => string;
  /** Called when somebody has decided. */
  onDecided: (line: { message: 'decided'; requestId: string; kind: Signal['kind']; by: string }) => void;
  /** Called when nothing was decided, with the reason. */
  onRefused: (line: { status: number; note: ConfirmNote; error?: unknown }) => void;
}

export function confirmRoutes(site: Confirm): Route[] {
  return [
    {
      method: 'GET',
      path: '/confirm/{token}',
      answer: (request, token) => answer(request, token, site, () => show(token, site)),
    },
    {
      method: 'POST',
      path: '/confirm/{token}',
      answer: (request, token) => answer(request, token, site, () => decide(formSchema, { request, token, site })),
    },
    // Its own path has its own rate limit, so that a flood of approvals keeps nobody from rejecting.
    {
      method: 'POST',
      path: '/confirm/{token}/reject',
      answer: (request, token) => answer(request, token, site, () => decide(rejectionSchema, { request, token, site })),
    },
  ];
}

async function answer(
  request: HttpRequest,
  token: string,
  site: Confirm,
  make: () => Promise<Shown>,
): Promise<HttpAnswer> {
  const language = preferredLanguage(request.headers['accept-language'], ['en', 'ko']);
  const { status, card, note, decisions = [], person } = await make().catch((error: unknown) => failed(error, site));
  if (status >= 400 && status < 500 && note !== undefined) site.onRefused({ status, note: note.kind });
  const timezone = site.timezoneOf(card?.policy ?? '');
  return pageAnswer(status, confirmPage({ token, language, card, note, decisions, timezone, person }), {
    language,
    styleHash: STYLE_HASH,
    ...(hasSearch(card) && { scriptHash: SCRIPT_HASH }),
  });
}

function failed(error: unknown, site: Confirm): Shown {
  const { status } = problemFrom(error);
  if (status < 429) return { status, note: noted('bad-form') };
  site.onRefused({ status, note: 'later', error });
  return { status, note: noted('later') };
}

async function show(token: string, site: Confirm): Promise<Shown> {
  const found = await findRun(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, signals } = found;
  if (link.by === '') return { status: 200, card };
  const may = (kind: Decision): SignalCheck => checkSignal({ ...link, kind }, card, signals, site.now());
  const [approve, reject] = [may('approve'), may('reject')];
  // Somebody who agreed may still reject.
  if (reject.kind === 'counts') {
    return approve.kind === 'counts'
      ? { status: 200, card, decisions: ['approve', 'reject'], person: link.by }
      : { status: 200, card, decisions: ['reject'], person: link.by, note: noteFor(approve, link) };
  }
  const own = saidBefore('reject', found) ?? saidBefore('approve', found);
  if (own !== undefined) return { status: 200, card, note: noteOf(own) };
  return { ...refusal(reject, card, link), ...(reject.kind === 'decided' && { status: 200 }) };
}

async function decide(
  schema: Parameters<typeof formFrom>[1],
  { request, token, site }: { request: HttpRequest; token: string; site: Confirm },
): Promise<Shown> {
  const found = await findRun(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, signals } = found;
  const { decision: kind, reason } = formFrom(request, schema);
  const { requestId, planHash, by } = link;
  const before = saidBefore(kind, found);
  const check = checkSignal({ ...link, kind }, card, signals, site.now());
  if (by === '' || (check.kind !== 'counts' && before === undefined)) return refusal(check, card, link);
  const at = new Date(site.now()).toISOString();
  // Also for a repeated signal, because the first wake-up may have failed. A run that has ended reads nothing.
  if (card.state !== 'ended') await signalRun(site.runControl, requestId, { kind, planHash, by, name: '', at, reason });
  site.onDecided({ message: 'decided', requestId, kind, by });
  return { status: 200, card, note: noteOf(before ?? { kind, at }) };
}

type Found = { kind: 'nothing'; shown: Shown } | ({ kind: 'run' } & FoundRun);

async function findRun(token: string, site: Confirm): Promise<Found> {
  const read = readLink(token, await site.linkKeys(), site.now());
  if (read.kind === 'forged') return nothing(403, 'forged');
  if (read.kind === 'expired') return nothing(410, 'expired');
  const { link } = read;
  const card = await site.runControl.store.view(link.requestId);
  if (card === undefined) return nothing(404, 'unknown');
  return { kind: 'run', card, link, signals: await site.runControl.store.signals(link.requestId) };
}

function nothing(status: number, note: ConfirmNote): Found {
  return { kind: 'nothing', shown: { status, note: noted(note) } };
}
