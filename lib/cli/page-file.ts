import { writeFile } from 'node:fs/promises';
import { confirmPage } from '../confirm/confirm-page.ts';
import { StoreError, type ViewStore } from '../termination/ports/store.ts';
import { DEFAULT_TIMEZONE } from '../termination/rules.ts';
import type { Io } from './io.ts';

/** The same page that a link shows, as a file of its own. What goes wrong is said, and changes nothing of the run. */
export async function writePage(
  file: string,
  requestId: string,
  store: Pick<ViewStore, 'view'>,
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
): Promise<void> {
  try {
    const card = await store.view(requestId);
    const language = /^ko(?![a-z])/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '') ? 'ko' : 'en';
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const page = {
      token: '',
      language,
      card,
      decisions: [],
      timezone: timezone === 'UTC' ? DEFAULT_TIMEZONE : timezone,
    };
    if (card === undefined)
      stderr.write(`${file} was not written: the run did not get so far that there is a page of it\n`);
    else await writeFile(file, confirmPage({ ...page, language }));
  } catch (error) {
    if (!(error instanceof StoreError) && !(error instanceof Error && 'code' in error)) throw error;
    stderr.write(`${file} was not written: ${error.message}\n`);
  }
}
