import { describe, expect, it } from 'vitest';
import type { ServerView } from '../../lib/termination/status/run-view.ts';
import { runViewSchema } from '../../lib/termination/status/view-schema.ts';
import { type Worded, worded } from '../wording/worded.ts';
import { devServer } from './harness.ts';
import { carried, type Happening, POLICY_TERMS, REQUEST_ID, say, startStage } from './people.ts';

const LOADED = { blockStorage: [{ blockStorageName: 'data' }], publicIp: '203.0.113.7' };
const FREEING = { storage: 'delete', publicIp: 'release' } as const;

async function shownIn(terms: Happening['terms'], servers = [devServer(LOADED)]): Promise<Worded<ServerView[][]>> {
  const stage = await startStage({ servers });
  const policyTerms = { ...POLICY_TERMS, ...FREEING };
  const approve = (): Promise<number> => say(stage, 'approve', 'slack:U0HANA').then(() => 1);
  await carried(stage, { terms: { ...terms, policyTerms }, sleeping: { 'approval-1.1': approve } });
  const kept = await stage.desk.store.view(REQUEST_ID);
  expect(kept).toEqual(stage.notifier.shown.at(-1));
  return worded(stage.notifier.shown.map((view) => view.servers));
}

describe('a server of a view', () => {
  it('says what is deleted and released with it, and at the end that it was', async () => {
    const shown = await shownIn(FREEING);
    const freed = { deletes: ['data'], releases: ['203.0.113.7'], keeps: [] };
    expect(shown[0]).toMatchObject([{ verdict: 'terminate', ...freed }]);
    expect(shown.at(-1)).toMatchObject([{ verdict: 'terminated', ...freed }]);
  });

  it('says what stays, and at the end that it did', async () => {
    const shown = await shownIn({ storage: 'detach', publicIp: 'keep' });
    const kept = { deletes: [], releases: [], keeps: ['data', '203.0.113.7'] };
    expect(shown[0]).toMatchObject([{ verdict: 'terminate', ...kept }]);
    expect(shown.at(-1)).toMatchObject([{ verdict: 'terminated', ...kept }]);
  });

  it('loses nothing when undisturbed', async () => {
    const shown = await shownIn(FREEING, [devServer({ ...LOADED, isProtectServerTermination: true })]);
    expect(shown.at(-1)).toMatchObject([{ verdict: 'refused', guard: 'protected', deletes: [], releases: [] }]);
  });

  it.each([
    ['nothing else keeps', {}],
    ['protection keeps', { isProtectServerTermination: true }],
    ['is terminated already', { operation: 'TERMT' }],
  ])('that its policy does not mean is a number, though %s', async (_why, state) => {
    const theirs = devServer({
      serverInstanceNo: '1050',
      serverName: 'prod-pay',
      ...LOADED,
      publicIp: '203.0.113.9',
      ...state,
    });
    const shown = await shownIn({ ...FREEING, names: [], servers: ['1001', '1050'] }, [devServer(), theirs]);
    expect(JSON.stringify(shown)).not.toMatch(/prod-pay|"1050","serverName":"[^"]/);
    expect(shown[0]?.[1]).toMatchObject({ serverInstanceNo: '1050', statusName: '', deletes: [], releases: [] });
    if ('operation' in state) return;
    const refused = { verdict: 'refused', guard: 'policy', reason: 'its policy does not apply to it' };
    expect(shown.map((servers) => servers[1])).toMatchObject(shown.map(() => refused));
  });
});

it('a view that an older version kept says nothing about what goes with a server', async () => {
  const stage = await startStage({ servers: [devServer()] });
  await carried(stage, { terms: { approval: null } });
  const [view] = stage.notifier.shown;
  const written = JSON.stringify(view).replaceAll(/,"(?:deletes|releases|keeps)":\[\]/g, '');
  const older: unknown = JSON.parse(written);
  expect(written).not.toContain('keeps');
  expect(runViewSchema.parse(older).servers).toMatchObject([{ deletes: [], releases: [], keeps: [] }]);
});
