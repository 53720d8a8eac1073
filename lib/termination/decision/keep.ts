/**
 * What `keep` tags say. Only a date ends a keep: alone, or with words that are known to name only a purpose
 * (`until 2026-12-31`, `2026-12-31_demo`). Anything else under this key keeps the server forever, including "false"
 * and a date that does not exist: somebody who writes there does not want it taken.
 */

import { parseWhen } from '../../calendar/instant.ts';
import { meaning } from '../../text/folding.ts';
import type { Tags } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { Reason } from '../reasons.ts';
import type { Rules } from '../rules.ts';
import { tagsLike } from './tag-keys.ts';

export interface Keep {
  /** Milliseconds since the epoch; undefined: forever. */
  until: number | undefined;
  reason: string;
}

interface Kept {
  /** Undefined if there is no keep tag, or its time is over. */
  keep: Keep | undefined;
  problems: Reason[];
}

type KeepRules = Pick<Rules, 'tagKeys' | 'timezone'>;

/** Of several keep tags, each spelled in its own way, the one that keeps it longest counts. */
export function keepOf(tags: Tags, rules: KeepRules, now: number): Kept {
  const all = tagsLike(rules.tagKeys.keep, tags).map(({ value }) => readKeep(value, rules, now));
  const longest = all
    .flatMap(({ keep }) => keep ?? [])
    .toSorted((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity) || 0)[0];
  return { keep: longest, problems: all.flatMap(({ problems }) => problems) };
}

function readKeep(written: string, { tagKeys, timezone }: KeepRules, now: number): Kept {
  const text = written.trim();
  const forEver = (why?: Reason<'kept-for-ever'>['why']): Kept => ({
    keep: { until: undefined, reason: oneLine(text, 256) },
    problems: why === undefined ? [] : [{ code: 'kept-for-ever', key: tagKeys.keep, value: oneLine(written, 40), why }],
  });
  if (NO.test(text)) return forEver('a-no');
  const rest = text.replace(/^until[\s_=-]+/iu, '');
  if (!LIKE_A_DATE.test(rest)) return HAS_A_DATE.test(rest) ? forEver('several-dates') : forEver();
  const { date, words } = dateAndWords(rest, timezone);
  if (!date.ok) return forEver(date.problem);
  if (mayBeASpan(rest.slice(0, rest.length - words.length))) return forEver('several-dates');
  if (!areHarmless(words)) return forEver('unclear-words');
  // Until a day means with that day.
  const until = date.at.endsAt;
  return { keep: until > now ? { until, reason: oneLine(words.slice(1).trim(), 256) } : undefined, problems: [] };
}

/** The longest date that it begins with, and what follows. */
function dateAndWords(text: string, timezone: string): { date: ReturnType<typeof parseWhen>; words: string } {
  const cuts = [...text.matchAll(/(?<!\s)[\s_/-]|$/gu)].map(({ index }) => index).toReversed();
  for (const cut of cuts) {
    const date = parseWhen(text.slice(0, cut), timezone);
    if (date.ok) return { date, words: text.slice(cut) };
  }
  return { date: parseWhen(/^\S*/u.exec(text)?.[0] ?? '', timezone), words: '' };
}

/**
 * Whether what follows the first date may be another date rather than a time of day: `2026-02-01_05-31`, `20260201_2027`.
 * `T` or a colon says that it is a time, and so does what can be no month with its day, as in `_18-00`.
 */
function mayBeASpan(text: string): boolean {
  const [, clock = '', offset = ''] = /^\d{4}-?\d\d-?\d\d[ _]([\d.-]*\d)(.*)$/su.exec(text) ?? [];
  if (clock === '' || offset.startsWith(':')) return false;
  const numbers = [...clock.matchAll(/\d{1,2}/gu)].map(Number);
  const days = numbers.filter((one) => one >= 1 && one <= 31);
  return (days.length > 1 && days.some((one) => one <= 12)) || /^20[.-]?\d\d/u.test(clock);
}

/** In a tag that takes no blank, one `_`, `-` or `/` separates words. Anything else may be the end of a span. */
function areHarmless(words: string): boolean {
  return words
    .split(/\s+|[_/-]/u)
    .slice(1)
    .every((word) => HARMLESS.has(meaning(word)));
}

/**
 * What people keep servers for. No list of words that mean "longer" would ever be whole, so a word that is not here may be one.
 * Here are only nouns that say nothing of time, and `for`.
 */
const HARMLESS = new Set(
  `for demo test tests poc load benchmark training workshop sales customer
   데모 데모용 시연 시연용 테스트 테스트용 부하 성능 교육 교육용 워크숍 영업 고객`.split(/\s+/u),
);

const LIKE_A_DATE = /^[+-]?\d/u;
const HAS_A_DATE = /\d{4}[-./]\d{1,2}|(?<!\d)20\d{6}(?!\d)/u;
const NO = /^(?:no|false|off|0|n|none|아니오|아니요)$/iu;
