/**
 * The page where people decide who have no buttons in their chat. Opening it changes nothing, because mail scanners and
 * previews open links; only its forms do. It lets its holder decide about one plan, as the person that it was
 * sent to; a link to nobody shows the run as it is.
 */

import * as z from 'zod';
import { type Desk, tell } from '../desk.ts';
import { problemFrom } from '../failures.ts';
import { type HttpAnswer, pageAnswer } from '../http/answer.ts';
import { mustBeOfType, textOf } from '../http/body.ts';
import { preferredLanguage } from '../http/language.ts';
import { HttpProblem } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import { type Heeding, heeding } from '../termination/heeded.ts';
import type { RunCard } from '../termination/run-card.ts';
import type { Word } from '../termination/words.ts';
import { confirmPage, STYLE_HASH } from './confirm-page.ts';
import type { ConfirmNote } from './confirm-words.ts';
import { type Link, readLink } from './link.ts';

export interface Confirm {
  desk: Desk;
  /** The keys that sign links, newest first; none where this deployment sends no links. */
  linkKeys: () => Promise<readonly string[]>;
  now: () => number;
  timezoneOf: (policy: string) => string;
  /** Told of what somebody decided. */
  onDecided: (line: { message: 'decided'; requestId: string; kind: Word['kind']; by: string }) => void;
  /** Told why nothing was decided. */
  onRefused: (line: { status: number; note: ConfirmNote; error?: unknown }) => void;
}

export function confirmRoutes(site: Confirm): Route[] {
  return [
    {
      method: 'GET',
      path: '/confirm/{token}',
      answer: (request, token) => answer(request, site, () => show(token, site)),
    },
    {
      method: 'POST',
      path: '/confirm/{token}',
      answer: (request, token) => answer(request, site, () => decide(request, token, site)),
    },
  ];
}

/** What a page is made of. `note` without `decisions`: there is nothing (more) to decide. */
interface Shown {
  status: number;
  card?: RunCard;
  link?: Link;
  note?: ConfirmNote;
  decisions?: Decision[];
}

async function answer(request: HttpRequest, site: Confirm, make: () => Promise<Shown>): Promise<HttpAnswer> {
  const language = preferredLanguage(request.headers['accept-language'], ['en', 'ko']);
  const { status, card, link, note, decisions = [] } = await make().catch((error: unknown) => failed(error, site));
  if (status >= 400 && status < 500 && note !== undefined) site.onRefused({ status, note });
  const timezone = site.timezoneOf(card?.policy ?? '');
  const html = confirmPage({
    language,
    card,
    person: link?.by ?? '',
    decisions,
    timezone,
    ...(note !== undefined && { note }),
  });
  return pageAnswer(status, html, { language, styleHash: STYLE_HASH });
}

function failed(error: unknown, site: Confirm): Shown {
  const { status } = problemFrom(error);
  if (status < 429) return { status, note: 'bad-form' };
  site.onRefused({ status, note: 'later', error });
  return { status, note: 'later' };
}

async function show(token: string, site: Confirm): Promise<Shown> {
  const found = await findRun(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, words } = found;
  if (link.by === '') return { status: 200, card, link };
  const may = (kind: Decision): Heeding => heeding({ ...link, kind }, card, words, site.now());
  const [approve, reject] = [may('approve'), may('reject')];
  // Who has agreed may still think better of it.
  if (reject.kind === 'heeded') {
    const note = approve.kind === 'heeded' ? undefined : noteFor(approve, link);
    return { status: 200, card, link, decisions: note === undefined ? BOTH : ['reject'], ...(note && { note }) };
  }
  return { ...refusal(reject, card, link), ...(reject.kind === 'decided' && { status: 200 }) };
}

async function decide(request: HttpRequest, token: string, site: Confirm): Promise<Shown> {
  const found = await findRun(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, words } = found;
  const { decision: kind, reason } = formFrom(request);
  const { requestId, planHash, by } = link;
  const heeded = heeding({ ...link, kind }, card, words, site.now());
  const isAgain = heeded.kind === 'decided' && heeded.word.by === by && heeded.word.kind === kind;
  if (by === '' || (heeded.kind !== 'heeded' && !isAgain)) return refusal(heeded, card, link);
  // Also where it was said before, perhaps because nobody woke: telling wakes.
  const at = new Date(site.now()).toISOString();
  await tell(site.desk, requestId, { kind, planHash, by, name: '', at, reason });
  site.onDecided({ message: 'decided', requestId, kind, by });
  return { status: 200, card, link, note: kind === 'approve' ? 'approved' : 'rejected' };
}

type Decision = 'approve' | 'reject';

const BOTH: Decision[] = ['approve', 'reject'];

/** Another plan is not shown: it is another message's. */
function refusal(heeded: Heeding, card: RunCard, link: Link): Shown {
  const note = noteFor(heeded, link);
  const status = STATUS[heeded.kind] ?? 409;
  return heeded.kind === 'other-plan' || heeded.kind === 'not-approver'
    ? { status, note }
    : { status, card, link, note };
}

const STATUS: Partial<Record<Heeding['kind'], number>> = { 'not-approver': 403, 'own-run': 403, expired: 410 };

function noteFor(heeded: Heeding, { by }: Link): ConfirmNote {
  switch (heeded.kind) {
    case 'decided':
      if (heeded.word.by !== by) return heeded.word.kind === 'reject' ? 'rejected-by-other' : 'not-waiting';
      return heeded.word.kind === 'reject' ? 'rejected' : 'approved';
    case 'heeded':
      return 'bad-form';
    case 'not-asked':
      return 'not-waiting';
    case 'not-approver':
      return 'no-approver';
    case 'own-run':
    case 'other-plan':
    case 'expired':
    case 'ended':
      return heeded.kind;
  }
}

type Found = { kind: 'nothing'; shown: Shown } | { kind: 'run'; card: RunCard; link: Link; words: Word[] };

async function findRun(token: string, site: Confirm): Promise<Found> {
  const read = readLink(token, await site.linkKeys(), site.now());
  if (read.kind === 'forged') return { kind: 'nothing', shown: { status: 403, note: 'forged' } };
  if (read.kind === 'expired') return { kind: 'nothing', shown: { status: 410, note: 'expired' } };
  const { link } = read;
  const card = await site.desk.card(link.requestId);
  if (card === undefined) return { kind: 'nothing', shown: { status: 404, note: 'unknown' } };
  return { kind: 'run', card, link, words: await site.desk.words(link.requestId) };
}

export const formSchema = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(500).default(''),
});

function formFrom(request: HttpRequest): z.output<typeof formSchema> {
  mustBeOfType(request, 'application/x-www-form-urlencoded');
  const fields = [...new URLSearchParams(textOf(request))];
  const parsed = formSchema.safeParse(Object.fromEntries(fields));
  const isOnce = new Set(fields.map(([name]) => name)).size === fields.length;
  if (parsed.success && isOnce) return parsed.data;
  throw new HttpProblem(400, 'the form is not the one of the page');
}
