import { CloudError } from '../termination/ports/cloud.ts';
import { NcloudError } from './errors.ts';
import { ShapeError } from './shapes.ts';

/** The most pages of one list: a list without an end is not a list. */
export const MOST_PAGES = 1_000;

/** Failures of a look, in the domain's terms. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asCloudError(error);
  }
}

function asCloudError(error: unknown): Error {
  if (error instanceof NcloudError) {
    return new CloudError(error.message, { fatal: error.fatal, returnCode: error.returnCode, cause: error });
  }
  if (error instanceof ShapeError) return new CloudError(error.message, { fatal: false, returnCode: '', cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
