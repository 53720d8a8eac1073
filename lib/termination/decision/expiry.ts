/**
 * What people wrote on a server about its end: `terminate-at` (an instant or a date), `ttl` (how long after its creation)
 * and `keep` (forever, or until). What cannot be understood never ends anything; it is named, with an example.
 */

import { addDuration, parseDuration } from '../../calendar/duration.ts';
import { parseWhen } from '../../calendar/instant.ts';
import type { Server, Tags } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { Reason, TimeProblem } from '../reasons.ts';
import type { TagKeys } from '../rules.ts';
import { type Keep, keepOf } from './keep.ts';
import { mistypedKeys, type Tag, tagsMeaning } from './tag-keys.ts';

export interface Expiry {
  /** In force now; undefined if there is no keep tag or its time is over. */
  keep: Keep | undefined;
  /** Milliseconds since the epoch; undefined if no tag says when, or one that does cannot be understood. */
  dueAt: number | undefined;
  /** The tag that says so, as in `ttl 7d`. */
  dueBy: string;
  /** What cannot be understood: somebody has to look at it. */
  attention: Reason[];
}

export interface ExpiryRules {
  tagKeys: TagKeys;
  timezone: string;
}

/** `now` in milliseconds since the epoch. */
export function expiryOf(server: Pick<Server, 'createDate'>, tags: Tags, rules: ExpiryRules, now: number): Expiry {
  const keep = keepOf(tags, rules, now);
  const due = dueOf(server, tags, rules);
  const doubts = [...due.problems, ...mistypedKeys(tags, rules.tagKeys)];
  return {
    keep: keep.keep,
    dueAt: doubts.length === 0 ? due.at : undefined,
    dueBy: due.by,
    attention: [...keep.problems, ...doubts],
  };
}

/** Whether tags end it now: its time has come and nothing about it is unclear. Keeping is another rule's business. */
export function isDue({ dueAt }: Pick<Expiry, 'dueAt'>, now: number): boolean {
  return dueAt !== undefined && dueAt <= now;
}

/** An instant that somebody chose beats a lifetime that may come from a template. */
function dueOf(
  server: Pick<Server, 'createDate'>,
  tags: Tags,
  { tagKeys, timezone }: ExpiryRules,
): { at: number | undefined; by: string; problems: Reason[] } {
  const terminateAt = onlyTag(tags, tagKeys.terminateAt);
  const ttl = onlyTag(tags, tagKeys.ttl);
  const when = terminateAt.value === undefined ? undefined : parseWhen(terminateAt.value.trim(), timezone);
  const lifetime = ttl.value === undefined ? undefined : parseDuration(ttl.value);
  const createdAt = Date.parse(server.createDate);
  const problems: Reason[] = [
    ...terminateAt.problems,
    ...ttl.problems,
    ...(when?.ok === false ? [unreadable(tagKeys.terminateAt, when.problem)] : []),
    ...(when?.ok === true && when.at.endsAt <= createdAt
      ? [{ code: 'before-creation' as const, key: tagKeys.terminateAt, value: oneLine(terminateAt.value ?? '', 40) }]
      : []),
    ...(lifetime?.ok === false ? [unreadable(tagKeys.ttl, lifetime.problem)] : []),
    ...(lifetime?.ok === true && Number.isNaN(createdAt)
      ? [{ code: 'no-creation-date', key: tagKeys.ttl } as const]
      : []),
  ];
  if (when?.ok === true)
    return { at: when.at.startsAt, by: tagInWords(tagKeys.terminateAt, terminateAt.value), problems };
  if (lifetime?.ok === true && problems.length === 0) {
    return {
      at: addDuration(createdAt, lifetime.duration, timezone),
      by: tagInWords(tagKeys.ttl, ttl.value),
      problems,
    };
  }
  return { at: undefined, by: '', problems };
}

/**
 * The value under a key that ends a server. Its case does not matter. A spelling that differs in more than that, or several
 * with different values, must be put right by a person first.
 */
function onlyTag(tags: Tags, key: string): { value: string | undefined; problems: Reason[] } {
  const found = tagsMeaning(key, tags);
  const odd = found.filter(({ isPlain }) => !isPlain);
  const problems: Reason[] = [
    ...odd.map((tag) => ({ code: 'tag-misspelled' as const, tag: shown(tag), key })),
    ...(new Set(found.map(({ value }) => value.trim())).size > 1
      ? [{ code: 'tags-differ' as const, tags: found.map(shown), key }]
      : []),
  ];
  return { value: found.find(({ isPlain }) => isPlain)?.value, problems };
}

function unreadable(key: string, problem: TimeProblem): Reason {
  return { code: 'tag-unreadable', key, problem };
}

function shown({ name, value }: Tag): { name: string; value: string } {
  return { name: oneLine(name, 40), value: oneLine(value, 40) };
}

function tagInWords(key: string, value = ''): string {
  return `${key} ${oneLine(value.trim(), 40)}`;
}
