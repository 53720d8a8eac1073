import type { Tags } from '../termination/model.ts';

/** A tag as listed. Without a key it could not be read. */
interface ListedTag {
  tagKey: string;
  tagValue: string;
}

/**
 * The tags of one server, or undefined if they are not known: one could not be read, or a key is there twice. A `keep`
 * might be what was not understood.
 */
export function knownTags(listed: readonly ListedTag[]): Tags | undefined {
  const tags = new Map(listed.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
  if (tags.has('') || tags.size < listed.length) return undefined;
  return Object.fromEntries(tags);
}
