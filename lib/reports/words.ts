/** Events and instants in words, for progress lines and tables. */

import type { ActionName } from '../termination/actions.ts';
import type { Event } from '../termination/events.ts';
import { oneLine } from '../termination/one-line.ts';
import type { Reason } from '../termination/reasons.ts';
import type { ServerGroup } from '../termination/status/server-groups.ts';
import { inEnglish, wordsIn } from '../wording/say.ts';
import type { Report } from './report.ts';

export const ACTION_WORDS: Record<ActionName | 'wait', string> = { ...wordsIn('en').actions, wait: 'wait' };

export function eventInWords(event: Event): string {
  return oneLine(words(event));
}

function words(event: Event): string {
  switch (event.kind) {
    case 'seen':
    case 'busy':
      return `is ${event.statusName} (${event.status}/${event.operation})${event.isProtected ? ', protected' : ''}`;
    case 'unread':
      return why(event.reason);
    case 'waiting':
      return `waiting: ${why(event.reason)}`;
    case 'intended':
      return `${ACTION_WORDS[event.action]}: next${numbers(event.on)}`;
    case 'requested':
      return `${ACTION_WORDS[event.action]}: accepted${numbers(event.on)}`;
    case 'unknown':
      return `${ACTION_WORDS[event.action]}: outcome unknown, looking before anything else (${why(event.reason)})`;
    case 'rejected': {
      const together = event.together > 1 ? ` for ${event.together} together, each alone next` : '';
      return `${ACTION_WORDS[event.action]}: refused${together}: ${event.returnCode} ${event.returnMessage}`;
    }
    case 'claimed':
      return `another server has ${event.on.join(', ')} now`;
    case 'put-back':
      return `${event.on.join(', ')}: on the server again`;
    case 'unlisted':
      return event.on.length === 0
        ? 'what it leaves is listed again'
        : `${event.on.join(', ')}: not listed; checking once more`;
    case 'unwatched':
      return `was not looked at since ${event.since}`;
    case 'missing':
      return 'is not listed; checking once more';
    case 'gone':
      return 'is gone';
    case 'freed':
      return `freed ${event.name}`;
    case 'left':
      return `left ${event.name}: ${why(event.reason)}`;
    case 'outcome':
      return outcomeInWords(event);
  }
}

function outcomeInWords({ outcome }: Extract<Event, { kind: 'outcome' }>): string {
  const guard = outcome.result === 'refused' ? ` (${outcome.guard})` : '';
  return `${outcome.result.toUpperCase()}${guard}: ${why(outcome.reason)}`;
}

function why(reason: Reason): string {
  return inEnglish(reason, LOCAL_ZONE);
}

function numbers(on: readonly string[]): string {
  return on.length === 0 ? '' : ` (${on.join(', ')})`;
}

/** The local zone; on machines that run in UTC, NCP's own: most of its users live there. */
const LOCAL_ZONE = ((zone) => (zone === 'UTC' ? 'Asia/Seoul' : zone))(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** `03:04:05Z 12:04:05 GMT+9`. */
export function clockTime(at: string): string {
  return `${at.slice(11, 19)}Z ${format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit' })}`;
}

/** `2026-11-23 03:04Z (2026-11-23 12:04 GMT+9)`. */
export function dateTime(at: string): string {
  const local = format(at, { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  return `${at.slice(0, 10)} ${at.slice(11, 16)}Z (${local.replace(',', '')})`;
}

function format(at: string, parts: Intl.DateTimeFormatOptions): string {
  // Swedish writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', {
    ...parts,
    hour12: false,
    timeZone: LOCAL_ZONE,
    timeZoneName: 'short',
  }).format(new Date(at));
}

export const TITLES: Record<ServerGroup, string> = {
  failed: 'Failed, or not finished',
  meant: 'Terminate',
  gone: 'Terminated',
  kept: 'Keep',
  barred: 'Cannot be terminated',
  before: 'Already gone',
};

export function leftText(left: Report['left']): string[] {
  return left.map(({ resource, name, no, reason }) => `${RESOURCES[resource]} ${name || no}: ${reason}`);
}

const RESOURCES = { server: 'server', blockStorage: 'storage', publicIp: 'address' };
