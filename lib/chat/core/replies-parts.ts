import { personInWords } from '../../termination/signals.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
import type { ServerParts } from './card-words.ts';
import { clip, MOST_NAME, MOST_REASON } from './clip.ts';
import type { WrongCommand } from './command.ts';
import { behindPrefix } from './commands-words.ts';

export function text(of: string): string {
  return clip(of, MOST_REASON);
}

/** `김하나 (slack:U012ABC)`. */
export function who({ name, by }: { name: string; by: string }): string {
  return personInWords(clip(by, MOST_NAME), clip(name, MOST_NAME));
}

/** `dev-1 (1088217) · running, 12 d old, 2 vCPU 4 GB · releases 203.0.113.7`; only the number where no name is told. */
export function serverLine({ serverName, serverInstanceNo }: ServerView, { facts, loses, rest }: ServerParts): string {
  const number = clip(serverInstanceNo, 20);
  const name = clip(serverName, MOST_NAME);
  const parts = [name === '' ? number : `${name} (${number})`, facts, loses.join(', '), rest];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `not touched (held): mina holds it`; `stays` is what of it does. */
export function restOf({ what, stays, why }: { what: string; stays: string; why: string }): string {
  const told = what === '' || why === '' ? [what || why] : [`${what}: ${why}`];
  return [...told, stays].filter((part) => part !== '').join('; ');
}

/** Of what is gone nobody asks how old it was. */
export function isGone({ verdict }: ServerView): boolean {
  return verdict === 'terminated' || verdict === 'already-gone';
}

export function factsOf(facts: readonly string[]): string {
  return facts.filter((fact) => fact !== '').join(', ');
}

export function exampleOf({ example, prefix }: Pick<WrongCommand, 'example'> & { prefix: string }): string {
  return `"${behindPrefix(prefix, example)}"`;
}

/** A name as one types it in a command: in quotation marks where it is no single word. */
export function asTyped(name: string): string {
  const clipped = clip(name, MOST_NAME);
  return /^[\p{L}\p{N}_.-]+$/u.test(clipped) ? clipped : `"${clipped.replaceAll('"', '')}"`;
}
