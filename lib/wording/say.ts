/** Reasons as sentences, in the reader's language and time zone. */

import { zonedAndUtc } from '../calendar/shown.ts';
import type { Closed } from '../calendar/window.ts';
import type { Reason, ReasonCode, TimeProblem } from '../termination/reasons.ts';
import { ENGLISH } from './english.ts';
import { KOREAN } from './korean.ts';
import type { Language } from './language.ts';
import type { Say, Words } from './sentences.ts';

const WORDS: Record<Language, Words> = { en: ENGLISH, ko: KOREAN };

export function wordsIn(language: Language): Words {
  return WORDS[language];
}

/** `time`: how an instant (RFC 3339 in UTC) is shown. */
export function sayIn(language: Language, time: Say['time']): Say {
  const words = wordsIn(language);
  const say: Say = { time, closed: words.closed, reason: (reason) => sentence(reason, words, say) };
  return say;
}

/** As reports, the audit and the command line say it: in English, times in this zone and in UTC. */
export function inEnglish(reason: Reason | null, timezone: string): string {
  return reason === null ? '' : sayIn('en', (at) => zoned(at, timezone)).reason(reason);
}

export function closedInEnglish(why: Closed): string {
  return ENGLISH.closed(why);
}

export function timeProblemInEnglish(problem: TimeProblem): string {
  return ENGLISH.timeProblem(problem);
}

function zoned(at: string, timezone: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : zonedAndUtc(ms, timezone);
}

/** What another version of banap wrote, with a code or arguments that this one does not know, is shown as data. */
function sentence<Code extends ReasonCode>(reason: Reason<Code>, { reasons }: Words, say: Say): string {
  try {
    const worded: unknown = Object.hasOwn(reasons, reason.code) ? reasons[reason.code](reason, say) : undefined;
    if (typeof worded === 'string') return worded;
  } catch {}
  return JSON.stringify(reason);
}
