/**
 * Every sentence that chat says, in both languages, one set for both chats. Plain text: what NCP and people wrote is put
 * on one line and clipped here; escaping it is the business of the chat that shows it.
 */

import { inZone } from '../../calendar/shown.ts';
import type { Language } from '../../wording/language.ts';
import { english } from './replies-english.ts';
import { korean } from './replies-korean.ts';
import type { Replies } from './reply-sentences.ts';

/** Times in sentences: RFC 3339 in UTC. They are shown in `timezone` and in UTC. */
export function replies(language: Language, timezone: string): Replies {
  const say = language === 'ko' ? korean : english;
  return say((at) => bothTimes(at, timezone));
}

/** `2026-11-24 21:00 KST (12:00Z)`; with the date of UTC where that is another day. As it is written where it is no time. */
export function bothTimes(at: string, timezone: string): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  const local = inZone(ms, timezone);
  const utc = `${inZone(ms, 'UTC').slice(0, 16)}Z`;
  return `${local} (${utc.slice(0, 10) === local.slice(0, 10) ? utc.slice(11) : utc})`;
}
