import { CloudError } from '../termination/ports/cloud.ts';
import { NcloudError } from './errors.ts';
import { ShapeError } from './shapes.ts';

/** The most pages of one list; a list without an end is an error. */
export const MOST_PAGES = 1_000;

/** Turns failures of a look into the domain's errors. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asCloudError(error);
  }
}

function asCloudError(error: unknown): Error {
  if (error instanceof NcloudError) {
    const { message, fatal, returnCode, failure } = error;
    return new CloudError(message, { fatal, returnCode, failure, cause: error });
  }
  if (error instanceof ShapeError) {
    const { message } = error;
    const failure = { kind: 'unreadable', of: '', code: '', message } as const;
    return new CloudError(message, { fatal: false, returnCode: '', failure, cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}
