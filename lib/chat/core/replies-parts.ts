import { personInWords } from '../../termination/signals.ts';
import type { ServerView } from '../../termination/status/run-view.ts';
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

/** `dev-1 (1088217) · running · left alone (protected): termination protection is on`; only the number where no name is told. */
export function serverLine(
  { serverName, serverInstanceNo }: ServerView,
  { status, verdict }: { status: string; verdict: string },
): string {
  const number = clip(serverInstanceNo, 20);
  const name = clip(serverName, MOST_NAME);
  const parts = [name === '' ? number : `${name} (${number})`, clip(status, 30), verdict];
  return parts.filter((part) => part !== '').join(' · ');
}

export function exampleOf({ example, prefix }: Pick<WrongCommand, 'example'> & { prefix: string }): string {
  return `"${behindPrefix(prefix, example)}"`;
}
