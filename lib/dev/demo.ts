/** What `npm start` shows: policies, events, a hold, and what must come of them with the simulator's sample fleet. */

import { policiesSchema } from '../policies/schema.ts';

/** As in policies.yml. Together they cover every kind of server, in VPC and in Classic. */
export const POLICIES = policiesSchema.parse({
  version: 1,
  requests: { default: { maxServers: 12, maxPercent: 40 } },
  policies: {
    'nightly-dev': {
      description: 'development servers go home at night',
      mode: 'terminate',
      select: { environment: 'vpc', names: ['dev-*', '개발-*'] },
      schedule: 'cron(0 21 ? * MON-FRI *)',
      storage: 'delete',
      publicIp: 'release',
      limits: { maxServers: 12, maxPercent: 40 }, // of all runs in 24 hours
    },
    'nightly-classic': {
      mode: 'terminate',
      select: { environment: 'classic', names: ['classic-*'] },
      schedule: 'cron(0 21 ? * MON-FRI *)',
      limits: { maxServers: 12, maxPercent: 40 },
    },
    'tag-sweep': {
      description: 'servers whose own tags say that their time is over',
      mode: 'terminate',
      select: { environment: 'vpc' },
      expiry: 'tags',
      schedule: 'rate(1 hour)',
      limits: { maxServers: 12, maxPercent: 40 },
    },
  },
});

export const HOLD = {
  serverInstanceNo: '1002',
  serverName: 'dev-2',
  kind: 'keep',
  by: 'mina',
  reason: 'load test until Thursday',
  until: '',
} as const;

/** What comes in. EventBridge delivers at least once: the first schedule's tick comes twice. `scheduledTime` as RFC 3339. */
export function demoEvents(scheduledTime: string): object[] {
  const tick = (policy: string): object => ({ policy, scheduledTime });
  return [tick('nightly-dev'), tick('nightly-dev'), tick('nightly-classic'), tick('tag-sweep'), REQUEST];
}

const REQUEST = {
  id: 'demo-request',
  source: 'banap.dev',
  account: '111122223333',
  'detail-type': 'Termination Requested',
  detail: {
    environment: 'vpc',
    servers: ['1004', '999999'],
    mode: 'terminate',
    limits: { maxServers: 12, maxPercent: 40 },
    requestedBy: 'joon',
  },
};

/** The expected outcome by server number, compared with the real one. */
export const GONE = '1001 1003 1005 1006 1008 1101 1102 2001 2002 2003 2006'.split(' ');
export const UNCLEAR = ['1104'];
