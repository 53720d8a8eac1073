import { describe, expect, it } from 'vitest';
import type { ProcessId, ProcessRun } from '../../lib/store/process-runs.ts';
import { parseRequest } from '../../lib/termination/request.ts';
import { inBoth, NOON } from './bench.ts';

const ONE: ProcessId = { place: 'here', user: 'mina', pid: 7, startedAt: '100' };
const OTHER: ProcessId = { ...ONE, pid: 8 };

function runOf(requestId: string, more: Partial<ProcessRun> = {}): ProcessRun {
  const input = { environment: 'vpc', servers: ['1001'], mode: 'terminate' };
  const request = parseRequest(input, { requestId, trigger: 'cli' });
  return { request, agreedHash: '', policiesFile: '', process: ONE, aliveAt: NOON, takes: 0, ...more };
}

inBoth((b) => {
  describe('a run of a process', () => {
    it('is there until it ends, with what its steps answered', async () => {
      await b.store.processRuns.begin(runOf('r2'));
      await b.store.processRuns.begin(runOf('r1', { agreedHash: 'abc', policiesFile: '/somewhere/policies.yml' }));
      await b.store.processRuns.remember('r1', 'plan', '{"one":1}');
      await b.store.processRuns.remember('r1', 'pass-1', 'null');
      const another = b.another().processRuns;
      const first = runOf('r1', { agreedHash: 'abc', policiesFile: '/somewhere/policies.yml' });
      expect(await another.unfinished('default')).toEqual([first, runOf('r2')]);
      expect(await another.unfinished('lab')).toEqual([]);
      expect(Object.fromEntries(await another.answers('r1'))).toEqual({ plan: '{"one":1}', 'pass-1': 'null' });
      await b.store.processRuns.end(first);
      expect(await another.unfinished('default')).toEqual([runOf('r2')]);
      expect([...(await another.answers('r1'))]).toEqual([]);
    });

    it('begins once', async () => {
      await b.store.processRuns.begin(runOf('r1'));
      await expect(b.store.processRuns.begin(runOf('r1', { process: OTHER }))).rejects.toThrow(
        'run r1 was begun already',
      );
    });

    it('is taken over by one of many, and the one before may not go on', async () => {
      const run = runOf('r1');
      await b.store.processRuns.begin(run);
      const takers = Array.from({ length: 8 }, (_, n) => ({ ...OTHER, pid: 100 + n }));
      const taken = await Promise.all(takers.map((taker) => b.another().processRuns.take(run, taker)));
      const [winner, ...others] = taken.filter((one) => one !== undefined);
      expect(others).toEqual([]);
      expect(winner?.takes).toBe(1);
      expect(await b.store.processRuns.unfinished('default')).toEqual([winner]);
      await expect(b.store.processRuns.stayAlive(run)).rejects.toMatchObject({
        message: 'another process goes on with run r1',
        passing: false,
      });
    });

    it('says that it is alive', async () => {
      const run = runOf('r1');
      await b.store.processRuns.begin(run);
      b.clock.time = NOON + 5_000;
      await b.store.processRuns.stayAlive(run);
      expect(await b.store.processRuns.unfinished('default')).toEqual([{ ...run, aliveAt: NOON + 5_000 }]);
    });

    it.each<[string, object]>([
      ['nothing but keys', {}],
      ['a look', { ...runOf('r1'), request: { ...runOf('r1').request, mode: 'plan' } }],
    ])('that cannot be read is an error, for it may have left something: %s', async (_title, attributes) => {
      await b.put({ pk: 'default#PROCESS-RUNS', sk: 'r1', ...attributes });
      await expect(b.store.processRuns.unfinished('default')).rejects.toMatchObject({ passing: false });
    });
  });
});
