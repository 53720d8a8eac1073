import type { Environment } from '../ncloud/config.ts';

/** What a command has of the process. */
export interface Io {
  env: Environment;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
}
