/** Names and tag values in the syntax of other tools, which match no server here. */

import type { TagCriterion } from '../termination/decision/criteria.ts';
import type { Finding } from './finding.ts';
import type { Sound } from './sound.ts';

/** Regular expressions and negations. `path` is that of the list of names. */
export function nameFindings(names: readonly string[], path: readonly PropertyKey[]): Finding[] {
  return names.flatMap((name, index) => {
    const message = nameProblem(name);
    return message === '' ? [] : [{ path: [...path, index], message }];
  });
}

/** No server's name holds any of these: NCP takes letters, digits and hyphens. A name of another alphabet is left to NCP. */
const IN_NO_NAME = /[\^$[\](){}|\\]|^!|\.\*|(?!-)\p{Pd}|\u2212|\p{Script=Cyrillic}|\p{Script=Greek}/u;

function nameProblem(name: string): string {
  if (/^[*?]+$/.test(name)) {
    return `${name} matches every name; write a part of the names, for example dev-*`;
  }
  const [found] = IN_NO_NAME.exec(name) ?? [];
  if (found === undefined) return '';
  return `${name} matches no server, because no name has ${found} in it; only * and ? are special, for example dev-4 or dev-5*`;
}

/** `path` is that of the tags. */
export function tagFindings(tags: Sound<Record<string, TagCriterion>>, path: readonly PropertyKey[]): Finding[] {
  return Object.entries(tags).flatMap(([key, criterion]) => {
    const star = valuesOf(criterion).find((value) => value.includes('*'));
    if (star === undefined) return [];
    const message = `${star} is compared letter by letter: a star is not special in the value of a tag; for any value write {exists: true}, for several {in: [web, app]}`;
    return [{ path: [...path, key], message }];
  });
}

function valuesOf(criterion: Sound<TagCriterion> | undefined): readonly string[] {
  if (criterion === undefined) return [];
  if (typeof criterion === 'string') return [criterion];
  return 'in' in criterion ? (criterion.in ?? []) : [];
}
