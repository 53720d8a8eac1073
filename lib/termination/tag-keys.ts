/** Under which of its keys banap finds what people wrote: spelled in any way, or nearly so. */

import { nearest } from '../nearest.ts';
import { composed, meaning } from '../text.ts';
import type { TagKeys, Tags } from './model.ts';
import { oneLine } from './one-line.ts';

export interface Tag {
  /** The key as it is written on the server. */
  name: string;
  value: string;
  /** Written like the key that it means; only capitals may differ. */
  isPlain: boolean;
}

/** Every tag whose key means this one, however it is spelled. */
export function tagsMeaning(key: string, tags: Tags): Tag[] {
  const wanted = meaning(key);
  return Object.entries(tags)
    .filter(([name]) => meaning(name) === wanted)
    .map(([name, value]) => ({ name, value, isPlain: caseless(name) === caseless(key) }));
}

/** Keys that are nearly one of ours, each as a sentence: `kep`, `terminate_at`. `only`: what they may be meant as. */
export function mistypedKeys(tags: Tags, tagKeys: TagKeys, only: readonly string[] = Object.values(tagKeys)): string[] {
  const known = new Set(Object.values(tagKeys).map(meaning));
  return Object.keys(tags).flatMap((name) => {
    const key = known.has(meaning(name)) ? undefined : nearest(meaning(name), Object.values(tagKeys));
    if (key === undefined || !only.includes(key)) return [];
    return [`the tag ${JSON.stringify(oneLine(name, 40))} may be meant as ${key}; write ${key}, or use another key`];
  });
}

function caseless(text: string): string {
  return composed(text).toUpperCase();
}
