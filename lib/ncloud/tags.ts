import { type Tags, UnknownTags } from '../termination/model.ts';

/** A tag as listed. Without a key it could not be read. */
interface ListedTag {
  tagKey: string;
  tagValue: string;
}

/** The tags of one server, unless one of them could not be read, or a key is there twice: that may be its `keep`. */
export function knownTags(listed: readonly ListedTag[]): Tags | UnknownTags {
  const tags = new Map(listed.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
  if (tags.has('')) return new UnknownTags({ kind: 'unreadable' });
  if (tags.size < listed.length) return new UnknownTags({ kind: 'key-twice' });
  return Object.fromEntries(tags);
}
