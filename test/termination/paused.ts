/** A run that a pause of hours holds back, and what people do meanwhile. */

import { expect } from 'vitest';
import type { Report } from '../../lib/reports/report.ts';
import type { TerminationRequest } from '../../lib/termination/request.ts';
import { devServer } from './harness.ts';
import { carried, type Happening, HOUR, type Stage } from './people.ts';

export const STOPPED = devServer({
  status: 'NSTOP',
  blockStorage: [{ blockStorageName: 'data', sizeGb: 100 }],
  publicIp: '203.0.113.7',
});
export const rules: Partial<TerminationRequest> = {
  storage: 'delete',
  publicIp: 'release',
  approval: null,
  notifySeconds: [],
  deadlineMinutes: 600,
};

export const now = ({ ncp }: Stage): number => ncp.simulator.now().getTime();

export function volumeNo({ ncp }: Stage): string {
  const volume = ncp.simulator.state().blockStorages.find((one) => one.blockStorageName === 'data');
  return volume?.blockStorageInstanceNo ?? '';
}

export function addressNo({ ncp }: Stage): string {
  return ncp.simulator.state().publicIps[0]?.publicIpInstanceNo ?? '';
}

/** The policy is paused for five hours as soon as `isTime`; people act this many hours after that. */
export function pausedWhen(
  stage: Stage,
  isTime: () => boolean,
  deeds: readonly { hours: number; does: () => void }[],
): Pick<Happening, 'afterStep' | 'whileAsleep'> {
  let pausedAt = 0;
  const left = [...deeds];
  return {
    afterStep: async () => {
      if (pausedAt > 0 || !isTime()) return;
      pausedAt = now(stage);
      const [at, until] = [pausedAt, pausedAt + 5 * HOUR].map((one) => new Date(one).toISOString());
      const pause = { account: '', policy: 'nightly', by: 'mina', reason: 'demo' };
      await stage.desk.store.pause({ ...pause, at: at ?? '', until: until ?? '' });
    },
    whileAsleep: () => {
      const [next] = left;
      if (next === undefined || pausedAt === 0 || now(stage) < pausedAt + next.hours * HOUR) return undefined;
      left.shift();
      next.does();
      return 10;
    },
  };
}

export async function reported(stage: Stage, happening: Happening): Promise<Report> {
  return (await carried(stage, { terms: rules, ...happening })).report;
}

/** `refused drift` and the like. */
export function endOf({ outcomes }: Report, no = '1001'): string {
  const found = outcomes.filter((one) => one.serverInstanceNo === no);
  expect(found).toHaveLength(1);
  return found.map(({ result, guard }) => (guard === undefined ? result : `${result} ${guard}`)).join();
}

export const leftIn = ({ left }: Report): string[] => left.map(({ name }) => name).toSorted();
