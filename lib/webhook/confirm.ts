/**
 * The page where people decide who have no buttons in their chat. Opening it changes nothing, because mail scanners and
 * previews open links; only its forms do. It lets its holder decide about one plan, as the person that it was sent to.
 */

import * as z from 'zod';
import { type Desk, tell } from '../desk.ts';
import { type HttpAnswer, pageAnswer } from '../http/answer.ts';
import { mustBeOfType, textOf } from '../http/body.ts';
import { preferredLanguage } from '../http/language.ts';
import { HttpProblem } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import type { RunCard } from '../termination/run-card.ts';
import type { Word } from '../termination/words.ts';
import { confirmPage, STYLE_HASH } from './confirm-page.ts';
import type { ConfirmNote } from './confirm-words.ts';
import { problemFrom } from './failures.ts';
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
  decisions?: ('approve' | 'reject')[];
}

async function answer(request: HttpRequest, site: Confirm, make: () => Promise<Shown>): Promise<HttpAnswer> {
  const language = preferredLanguage(request.headers['accept-language'], ['en', 'ko']);
  const { status, card, link, note, decisions = [] } = await make().catch((error: unknown) => failed(error, site));
  if (status >= 400 && status < 500 && note !== undefined) site.onRefused({ status, note });
  const timezone = site.timezoneOf(card?.policy ?? '');
  const html = confirmPage({
    language,
    card,
    name: link?.name || link?.by || '',
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
  const found = await findDecision(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, said } = found;
  const kinds = said.map(({ kind }) => kind);
  if (kinds.includes('reject')) return { status: 200, card, link, note: 'rejected' };
  // Who has agreed may still think better of it.
  if (kinds.includes('approve')) return { status: 200, card, link, note: 'approved', decisions: ['reject'] };
  return { status: 200, card, link, decisions: ['approve', 'reject'] };
}

async function decide(request: HttpRequest, token: string, site: Confirm): Promise<Shown> {
  const found = await findDecision(token, site);
  if (found.kind === 'nothing') return found.shown;
  const { card, link, said } = found;
  const { decision, reason } = formFrom(request);
  if (decision === 'approve' && said.some(({ kind }) => kind === 'reject')) {
    return { status: 409, card, link, note: 'rejected' };
  }
  const { requestId, planHash, by, name } = link;
  const at = new Date(site.now()).toISOString();
  await tell(site.desk, requestId, { kind: decision, planHash, by, name, at, reason });
  site.onDecided({ message: 'decided', requestId, kind: decision, by });
  return { status: 200, card, link, note: decision === 'approve' ? 'approved' : 'rejected' };
}

type Found =
  | { kind: 'nothing'; shown: Shown }
  /** `said`: what this person has said of this plan. */
  | { kind: 'decision'; card: RunCard; link: Link; said: Word[] };

async function findDecision(token: string, site: Confirm): Promise<Found> {
  const read = readLink(token, await site.linkKeys(), site.now());
  if (read.kind === 'forged') return { kind: 'nothing', shown: { status: 403, note: 'forged' } };
  if (read.kind === 'expired') return { kind: 'nothing', shown: { status: 410, note: 'expired' } };
  const { link } = read;
  const card = await site.desk.card(link.requestId);
  if (card === undefined) return { kind: 'nothing', shown: { status: 404, note: 'unknown' } };
  const shown = whyNothing(card, link, site.now());
  if (shown !== undefined) return { kind: 'nothing', shown };
  const words = await site.desk.words(link.requestId);
  const said = words.filter((word) => word.by === link.by && word.planHash === link.planHash);
  return { kind: 'decision', card, link, said };
}

function whyNothing(card: RunCard, link: Link, now: number): Shown | undefined {
  if (card.state === 'ended') return { status: 409, card, note: 'ended' };
  if (card.planHash !== link.planHash) return { status: 409, note: 'other-plan' };
  if (card.state !== 'awaiting-approval') return { status: 409, card, note: 'not-waiting' };
  if (card.approvalUntil !== '' && now >= Date.parse(card.approvalUntil)) return { status: 410, card, note: 'expired' };
  return card.approvers.includes(link.by) ? undefined : { status: 403, note: 'no-approver' };
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
