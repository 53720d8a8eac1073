/** Under which of its keys banap finds what people wrote: spelled in any way, or nearly so. */

import { composed, drawn, meaning } from '../../text/folding.ts';
import { nearest } from '../../text/nearest.ts';
import type { Tags } from '../model.ts';
import { oneLine } from '../one-line.ts';
import type { Reason } from '../reasons.ts';
import type { TagKeys } from '../rules.ts';

export interface Tag {
  /** The key as it is written on the server. */
  name: string;
  value: string;
  /** Written like the key that it means; only capitals may differ. */
  isPlain: boolean;
}

/** Every tag whose key means this one, however it is spelled. */
export function tagsMeaning(key: string, tags: Tags): Tag[] {
  return tagsBy(meaning, key, tags);
}

/** And every tag whose key only looks like it: `#keep`, `keep:`, or in letters of another script. For what protects. */
export function tagsLike(key: string, tags: Tags): Tag[] {
  return tagsBy(letters, key, tags);
}

function tagsBy(fold: (name: string) => string, key: string, tags: Tags): Tag[] {
  const wanted = fold(key);
  return Object.entries(tags)
    .filter(([name]) => fold(name) === wanted)
    .map(([name, value]) => ({ name, value, isPlain: caseless(name) === caseless(key) }));
}

/** Keys that are nearly one of ours: `kep`, `terminate_at`. `only`: what they may be meant as. */
export function mistypedKeys(tags: Tags, tagKeys: TagKeys, only: readonly string[] = Object.values(tagKeys)): Reason[] {
  const known = new Set(Object.values(tagKeys).map(meaning));
  return Object.keys(tags).flatMap((name) => {
    const key = known.has(meaning(name)) ? undefined : nearest(drawn(name), Object.values(tagKeys));
    if (key === undefined || !only.includes(key)) return [];
    return [{ code: 'tag-mistyped', name: oneLine(name, 40), key }];
  });
}

/** A key of nothing but signs is itself. */
function letters(name: string): string {
  return drawn(name).replaceAll(/[\p{P}\p{S}\s]/gu, '') || meaning(name);
}

function caseless(text: string): string {
  return composed(text).toUpperCase();
}
