/** What `npm run dev` is set up with: policies, the people and rooms that they name, and where secrets are. */

import { type Policies, policiesSchema } from '../policies/schema.ts';
import type { FleetInput } from '../simulator/fleet.ts';
import { sampleFleet } from '../simulator/sample-fleet.ts';

export const SECRET_IDS = {
  ncloud: 'banap/dev/ncloud',
  reports: 'banap/dev/webhook',
  caller: 'banap/dev/caller-ci',
  slack: 'banap/dev/slack',
  naverWorks: 'banap/dev/naver-works',
  confirm: 'banap/dev/confirm',
} as const;

/** Who asks and who approves, by the ids of their chats. */
export const PEOPLE = {
  asker: { userId: 'U0MINA0000', userName: 'mina' },
  approver: { userId: 'UAPPROVER1', userName: 'sujin' },
  naverWorksAsker: '4f1c9e02-6d3a-4b7e-9c15-0a8b2d6e7f31',
  naverWorksApprover: 'c72af563-0f21-4736-8ca2-dc4f5e9cbe5e',
} as const;

export const ROOMS = { slack: 'C0OPS00000', naverWorks: 'ops-room' } as const;

/** Generous limits, so that one can go on for a while. */
const limits = { maxServers: 100, maxPercent: 100 };
const chat = ROOMS;

/** No two of them select the same server, because in chat the servers determine the policy. */
export const DEV_POLICIES: Policies = policiesSchema.parse({
  version: 1,
  callers: { ci: { secret: SECRET_IDS.caller, policies: ['with-approval', 'at-once', 'with-notices', 'nightly-dev'] } },
  policies: {
    'with-approval': {
      description: 'somebody else has to agree first',
      mode: 'terminate',
      select: { environment: 'vpc', names: ['dev-*', '개발-*'] },
      approval: {
        // One person, in both chats.
        approvers: [[`slack:${PEOPLE.approver.userId}`, `naver-works:${PEOPLE.naverWorksApprover}`]],
        expiresAfter: '24h',
      },
      chat,
      storage: 'delete',
      publicIp: 'release',
      limits,
    },
    'at-once': {
      description: 'nobody is asked',
      mode: 'terminate',
      select: { environment: 'vpc', names: ['review-*'] },
      chat,
      limits,
    },
    'with-notices': {
      description: 'people are told twice, 10 and 5 seconds before',
      mode: 'terminate',
      select: { environment: 'vpc', names: ['old-*'] },
      grace: { notify: ['PT10S', 'PT5S'] }, // `policies check` wants a minute at least
      chat,
      limits,
    },
    'nightly-dev': {
      description: 'for the request in the README',
      mode: 'terminate',
      select: { environment: 'vpc', names: ['feature-*'] },
      chat,
      limits,
    },
    nightly: {
      description: 'a schedule, fired by hand',
      mode: 'terminate',
      select: { environment: 'classic', names: ['classic-*'] },
      schedule: 'cron(0 21 ? * MON-FRI *)',
      chat,
      limits,
    },
  },
});

/** The sample fleet, and what the policies besides those of its names are for. */
export function devFleet(): FleetInput {
  const { servers, ...rest } = sampleFleet();
  const besides = [
    { serverInstanceNo: '1088217', serverName: 'feature-12' },
    { serverInstanceNo: '1201', serverName: 'old-1' },
    { serverInstanceNo: '1202', serverName: 'old-2' },
  ];
  return { ...rest, servers: [...servers, ...besides] };
}

/** Servers of the sample fleet that each of the ready-made requests is about, as far as they are still there. */
export const SAMPLES = {
  firstClick: ['dev-2'],
  webhook: ['dev-web', 'dev-imaging'],
  slack: ['dev-1', 'dev-broken'],
  naverWorks: ['dev-data'],
} as const;
