import type { Environment } from '../ncloud/config.ts';

/** The parts of the process that a command uses. */
export interface Io {
  env: Environment;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
}
