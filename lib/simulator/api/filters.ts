import type { ActionCall } from './scope.ts';

export type Keep<Thing> = (thing: Thing) => boolean;

/** Keeps what every filter keeps. */
export function everyFilter<Thing>(filters: readonly (Keep<Thing> | undefined)[]): Keep<Thing> {
  const given = filters.filter((filter) => filter !== undefined);
  return (thing) => given.every((keep) => keep(thing));
}

/** `searchFilterName` and `searchFilterValue`: case-insensitive in both (NCP's list pages); a part is enough (guess). */
export function searchFilter<Thing>(
  call: ActionCall,
  fields: Readonly<Record<string, (thing: Thing) => readonly string[]>>,
): Keep<Thing> | undefined {
  const name = call.parameters.oneOf('searchFilterName', Object.keys(fields));
  const value = call.parameters.text('searchFilterValue');
  const field = name === undefined ? undefined : fields[name];
  if (!field || value === undefined) return undefined;
  return (thing) => field(thing).some((text) => contains(text, value));
}

/** A filter on a name; a part of it is enough (guess), so a caller that wants it whole must compare. */
export function nameFilter<Thing>(
  call: ActionCall,
  parameter: string,
  nameOf: (thing: Thing) => string,
): Keep<Thing> | undefined {
  const wanted = call.parameters.text(parameter);
  return wanted === undefined ? undefined : (thing) => contains(nameOf(thing), wanted);
}

export function exactFilter<Thing>(
  call: ActionCall,
  parameter: string,
  valueOf: (thing: Thing) => string,
): Keep<Thing> | undefined {
  const wanted = call.parameters.text(parameter);
  return wanted === undefined ? undefined : (thing) => valueOf(thing) === wanted;
}

export function listFilter<Thing>(
  call: ActionCall,
  parameter: string,
  valueOf: (thing: Thing) => string,
): Keep<Thing> | undefined {
  const wanted = new Set(call.parameters.list(parameter));
  return wanted.size === 0 ? undefined : (thing) => wanted.has(valueOf(thing));
}

export function booleanFilter<Thing>(
  call: ActionCall,
  parameter: string,
  valueOf: (thing: Thing) => boolean,
): Keep<Thing> | undefined {
  const wanted = call.parameters.boolean(parameter);
  return wanted === undefined ? undefined : (thing) => valueOf(thing) === wanted;
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
