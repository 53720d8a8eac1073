import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { writePage } from '../../lib/cli/page-file.ts';
import { StoreError } from '../../lib/termination/ports/store.ts';
import type { RunView } from '../../lib/termination/status/run-view.ts';
import { cardOf } from '../webhook/bench.ts';

function stderr() {
  const said: string[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of a stream that is used
  const stream = { write: (text: string) => said.push(text) } as unknown as NodeJS.WriteStream;
  return { stream, said: () => said.join('') };
}

const view = (): Promise<RunView> => Promise.resolve(cardOf({ state: 'ended', status: 'all-gone' }));

it('writes the page of a run in the language of the terminal, and says what went wrong', async ({
  expect,
  onTestFinished,
}) => {
  const home = mkdtempSync(join(tmpdir(), 'banap-page-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const file = join(home, 'run.html');
  await writePage(file, 'r1', { view }, { env: { LANG: 'ko_KR.UTF-8' }, stderr: stderr().stream });
  expect(readFileSync(file, 'utf8')).toContain('<html lang="ko">');
  await writePage(file, 'r1', { view }, { env: { LANG: 'ko_KR.UTF-8', LC_ALL: 'C' }, stderr: stderr().stream });
  expect(readFileSync(file, 'utf8')).toContain('<html lang="en">');

  for (const [store, where, why] of [
    [{ view }, join(home, 'no', 'such', 'folder.html'), 'ENOENT'],
    [{ view: () => Promise.reject(new StoreError('the table is away', { passing: true })) }, file, 'the table is away'],
    [{ view: () => Promise.resolve(undefined) }, file, 'the run did not get so far'],
  ] as const) {
    const { stream, said } = stderr();
    await writePage(where, 'r1', store, { env: {}, stderr: stream });
    expect(said()).toMatch(new RegExp(`was not written: .*${why}`));
  }
});
