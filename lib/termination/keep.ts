/**
 * What `keep` tags say: `until 2026-12-31 demo`, `2026-12-31_demo`, `demo`. Anything else that somebody wrote under this key
 * keeps the server for ever, "false" and a date that does not exist included: who writes there does not want it taken.
 */

import { parseWhen } from '../calendar/instant.ts';
import type { Rules, Tags } from './model.ts';
import { oneLine } from './one-line.ts';
import { tagsMeaning } from './tag-keys.ts';

export interface Keep {
  /** Milliseconds since the epoch; undefined: for ever. */
  until: number | undefined;
  reason: string;
}

interface Kept {
  /** Undefined where there is no keep tag, or its time is over. */
  keep: Keep | undefined;
  problems: string[];
}

type KeepRules = Pick<Rules, 'tagKeys' | 'timezone'>;

/** Of several keep tags, each spelled in its own way, the one that keeps it longest counts. */
export function keepOf(tags: Tags, rules: KeepRules, now: number): Kept {
  const all = tagsMeaning(rules.tagKeys.keep, tags).map(({ value }) => readKeep(value, rules, now));
  const longest = all
    .flatMap(({ keep }) => keep ?? [])
    .toSorted((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity) || 0)[0];
  return { keep: longest, problems: all.flatMap(({ problems }) => problems) };
}

function readKeep(written: string, { tagKeys, timezone }: KeepRules, now: number): Kept {
  const text = written.trim();
  const forEver = (problem = ''): Kept => ({
    keep: { until: undefined, reason: oneLine(text, 256) },
    problems: problem === '' ? [] : [`${tagKeys.keep} "${oneLine(written, 40)}" keeps it for ever${problem}`],
  });
  if (NO.test(text)) return forEver('; to let it go, remove the tag');
  const rest = text.replace(/^until[\s_=-]+/iu, '');
  if (!LIKE_A_DATE.test(rest)) return HAS_A_DATE.test(rest) ? forEver(`; ${ONE_DATE}`) : forEver();
  const read = dateAndWords(rest, timezone);
  if (!read.ok) return forEver(`: ${read.problem}`);
  if (LIKE_A_RANGE.test(read.words)) return forEver(`; ${ONE_DATE}`);
  // Until a day means with that day.
  return { keep: read.until > now ? { until: read.until, reason: oneLine(read.words, 256) } : undefined, problems: [] };
}

type DateAndWords = { ok: true; until: number; words: string } | { ok: false; problem: string };

/** Where a tag may hold no blank, `_`, `-` or `/` parts the date from the words. The longest date there is counts. */
function dateAndWords(text: string, timezone: string): DateAndWords {
  const [, first = '', after = ''] = /^(\S*)\s*(.*)$/su.exec(text) ?? [];
  const whole = parseWhen(first, timezone);
  if (whole.ok) return { ok: true, until: whole.at.endsAt, words: after };
  const cuts = [...first.matchAll(/[_/-]/g)].map(({ index }) => index).toReversed();
  for (const cut of cuts) {
    const date = parseWhen(first.slice(0, cut), timezone);
    const words = first.slice(cut + 1);
    // What goes on with a digit may be a time, or the end of a span.
    if (date.ok && /^\d/.test(words)) return { ok: false, problem: ONE_DATE };
    if (date.ok) return { ok: true, until: date.at.endsAt, words: `${words} ${after}`.trim() };
  }
  return whole;
}

const ONE_DATE = 'expected one date, for example 2026-12-31_demo';

/**
 * Words that may say more than why: a digit or a sign that may begin another date, or a word of time. Which of them ends it,
 * nobody can tell, so only plain words let a date end a keep.
 */
const LIKE_A_RANGE = new RegExp(
  [
    String.raw`[^\p{L}\p{M}\s.,:;()'"!?#@&_/-]`,
    String.raw`^\s*[-–—]`,
    String.raw`(?<!\p{L})(?:from|since|onwards?|later|extend\p{L}*|forever|permanent\p{L}*|indefinite\p{L}*|further|to|till|until)(?!\p{L})`,
    '부터|까지|이후|연장|무기한|계속|영구',
  ].join('|'),
  'iu',
);
const LIKE_A_DATE = /^[+-]?\d/u;
const HAS_A_DATE = /\d{4}[-./]\d{1,2}|(?<!\d)20\d{6}(?!\d)/u;
const NO = /^(?:no|false|off|0|n|none|아니오|아니요)$/iu;
