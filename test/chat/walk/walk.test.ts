import { describe, expect, it } from 'vitest';
import { MOMENTS, walk } from './walk.ts';

/** What a person may do under the message of a run, at every moment of it; messages are kept as the chats took them. */
describe.each(['approve', 'reject', 'snooze-3d', 'keep', 'cancel'] as const)('%s', (action) => {
  it('at every moment of a run', async () => {
    const walks: string[] = [];
    for (const moment of MOMENTS) walks.push(await walk(action, moment, 'en'));
    await expect(walks.join('\n')).toMatchFileSnapshot(`./snapshots/${action}.txt`);
  });
});

it('nobody answers: the approval expires', async () => {
  await expect(await walk(undefined, 'asked about', 'en')).toMatchFileSnapshot('./snapshots/expired.txt');
});

it('in Korean', async () => {
  const walks = [await walk('approve', 'asked about', 'ko'), await walk('cancel', 'announced', 'ko')];
  await expect(walks.join('\n')).toMatchFileSnapshot('./snapshots/korean.txt');
});
