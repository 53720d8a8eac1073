import { styleText } from 'node:util';
import type { Environment } from '../ncloud/config.ts';
import type { Marks } from '../reports/rows.ts';

/** The parts of the process that a command uses. */
export interface Io {
  env: Environment;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
}

/** Colors where this stream has them; it obeys `NO_COLOR` and `FORCE_COLOR`. */
export function marksFor(stream: NodeJS.WriteStream): Marks {
  const marked = (format: Parameters<typeof styleText>[0]) => (text: string) => styleText(format, text, { stream });
  return { title: marked('bold'), lost: marked('red'), small: marked('dim') };
}
