import { type Attachment, ofResource, RESOURCE_NAMES } from '../attachments.ts';
import type { Leftovers, Observation, Whereabouts } from '../decision/decision.ts';
import { isEnding } from '../events.ts';
import type { Server, Target } from '../model.ts';
import { type Cloud, CloudError, type Sight } from '../ports/cloud.ts';

/** One look at all open targets. */
export interface Look {
  /** Set when looking failed in a way that every further call would. */
  fatal: CloudError | undefined;
  of(target: Target): Observation;
}

interface HowToObserve {
  /** Found absent for sure before. */
  isSure: (serverInstanceNo: string) => boolean;
  /** What is attached to it is read even while it is busy. */
  needsAttachments: (serverInstanceNo: string) => boolean;
  /** At the plan. */
  regionHolds: number;
}

/**
 * Unknown is not gone: absent is only what two different lists, by number and of the whole region, do not hold. A server
 * that was found absent for sure (`isSure`) is only asked for by number.
 */
export async function observe(
  targets: readonly Target[],
  cloud: Cloud,
  { isSure, needsAttachments, regionHolds }: HowToObserve,
): Promise<Look> {
  try {
    const numbers = targets.map((target) => target.serverInstanceNo);
    const { servers, holders } = await cloud.servers(numbers, {
      needsAttachments: (server) => !isBusy(server) || needsAttachments(server.serverInstanceNo),
      regionHolds,
      pinned: targets.flatMap((target) => target.attachments),
    });
    const present = byNumber(servers);
    const missing = targets.filter((target) => !present.has(target.serverInstanceNo));
    const doubtful = missing.filter((target) => !isSure(target.serverInstanceNo));
    const listed = doubtful.length === 0 ? NONE : await cloud.allNumbers();
    const gone = missing.filter((target) => !listed.has(target.serverInstanceNo));
    const leftoversOf = await observeLeftovers(gone, cloud, regionHolds);
    return {
      fatal: undefined,
      of: (target) => {
        const no = target.serverInstanceNo;
        const server = present.get(no);
        if (server !== undefined && holders === undefined) return { kind: 'busy', server };
        const { elsewhere, free, own } = whereabouts(target, server, holders);
        if (server !== undefined) return { kind: 'present', server, elsewhere, free };
        if (listed.has(no)) return { kind: 'unread', reason: { code: 'contradiction' }, elsewhere, free, own };
        const leftovers = leftoversOf(target);
        const held = leftovers.attachments.filter(({ serverInstanceNo: holder }) => holder !== '');
        const { others = [], back = [] } = Object.groupBy(held, (one) =>
          one.serverInstanceNo === no ? 'back' : 'others',
        );
        return {
          kind: 'absent',
          leftovers,
          elsewhere: [...elsewhere, ...others.map((one) => one.no)],
          own: [...own, ...back.map((one) => one.no)],
        };
      },
    };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return {
      fatal: error.fatal ? error : undefined,
      of: () => ({ kind: 'unread', reason: { code: 'unread', what: 'server', failure: error.failure } }),
    };
  }
}

/** Nothing that could be decided about it depends on what is attached. */
function isBusy(server: Server): boolean {
  return server.operation !== 'NULL' || isEnding(server);
}

/** What the lists contradict each other about, because they were read at different moments, is not shown to be free. */
function whereabouts(
  { serverInstanceNo, attachments }: Target,
  server: Server | undefined,
  holders: Sight['holders'] = new Map(),
): Required<Whereabouts> {
  const isElsewhere = (holder: string): boolean => holder !== '' && holder !== serverInstanceNo;
  const numbers = attachments.map(({ no }) => no);
  return {
    elsewhere: numbers.filter((no) => isElsewhere(holders.get(no) ?? serverInstanceNo)),
    own: server === undefined ? numbers.filter((no) => holders.get(no) === serverInstanceNo) : [],
    free: numbers.filter((no) => holders.get(no) === '' && server?.attachments.every((one) => one.no !== no) !== false),
  };
}

const NONE: ReadonlySet<string> = new Set();

function byNumber(servers: readonly Server[]): Map<string, Server> {
  return new Map(servers.map((server) => [server.serverInstanceNo, server]));
}

/** Read once for all servers that are gone. If it cannot be read, each of them says so, and nothing of theirs is freed. */
async function observeLeftovers(
  gone: readonly Target[],
  cloud: Cloud,
  regionHolds: number,
): Promise<(target: Target) => Leftovers> {
  const pinned = gone.flatMap((target) => target.attachments);
  try {
    const found: Attachment[] = [];
    for (const resource of RESOURCE_NAMES) {
      const numbers = ofResource(resource, pinned).map(({ no }) => no);
      if (numbers.length > 0) found.push(...(await cloud.attachments(resource, numbers, { regionHolds })));
    }
    return ({ attachments }) => ({
      unread: null,
      attachments: found.filter(({ resource, no }) =>
        attachments.some((one) => one.resource === resource && one.no === no),
      ),
    });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const unread = { code: 'unread', what: 'leftovers', failure: error.failure } as const;
    return () => ({ unread, attachments: [] });
  }
}
