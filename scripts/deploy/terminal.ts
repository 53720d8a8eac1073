/** How the commands speak: one line for each thing that is known, and one question. */

import { createInterface } from 'node:readline/promises';
import { Refusal } from './refusal.ts';

export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Between two looks at what AWS is doing. */
  pollMs: number;
}

export function say({ stdout }: Pick<Terminal, 'stdout'>, line: string): void {
  stdout.write(`${line}\n`);
}

/** Something that was checked, or done. */
export function tick(terminal: Pick<Terminal, 'stdout'>, what: string, text: string): void {
  say(terminal, `  ${what.padEnd(12)} ${text}`);
}

/** Throws where nobody can be asked. `yes`: somebody agreed beforehand. */
export async function agrees(question: string, yes: boolean, terminal: Terminal): Promise<boolean> {
  if (yes) return true;
  const { stdin, stdout, signal } = terminal;
  if (stdin.isTTY !== true) throw new Refusal(['nobody can be asked here; add --yes to agree beforehand']);
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    return /^(y|yes)$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    lines.close();
  }
}

/** Rejects when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

export class Interrupted extends Error {
  override readonly name = 'AbortError';
}
