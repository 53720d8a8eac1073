import { type ExpiryRules, expiryOf, isDue } from '../decision/expiry.ts';
import { type Server, type Tags, UnknownTags } from '../model.ts';
import type { Reason } from '../reasons.ts';

/** What the tags of one server say about its end. Instants are RFC 3339 in UTC, empty if there is none. */
export interface Due {
  serverInstanceNo: string;
  serverName: string;
  /**
   * `due`: its time has come. `later`: at `endsAt`. `kept`: whatever else it says, until `keptUntil` or forever.
   * `unclear`: somebody has to look at it, and nothing ends it meanwhile.
   */
  state: 'due' | 'later' | 'kept' | 'unclear';
  endsAt: string;
  /** The tag that says so, as in `ttl 7d`. */
  endsBy: string;
  keptUntil: string;
  keptBecause: string;
  /** Termination protection is on: it is left alone even when it is due. */
  isProtected: boolean;
  attention: Reason[];
}

/** Servers whose tags end them, keep them or say what nobody understands: the unclear ones first, then by time. */
export function dueList(
  servers: readonly Server[],
  tagsOf: ReadonlyMap<string, Tags | UnknownTags>,
  rules: ExpiryRules,
  now: number,
): Due[] {
  return servers
    .flatMap((server) => {
      const tags = tagsOf.get(server.serverInstanceNo);
      if (tags === undefined || tags instanceof UnknownTags) return [unread(server, tags)];
      const one = due(server, tags, rules, now);
      return one.endsAt === '' && one.state === 'later' ? [] : [one];
    })
    .toSorted((a, b) => rank(a).localeCompare(rank(b)));
}

/** With state `later` and no `endsAt` its tags say nothing about an end. */
function due(server: Server, tags: Tags, rules: ExpiryRules, now: number): Due {
  const expiry = expiryOf(server, tags, rules, now);
  const { keep, dueAt, dueBy, attention } = expiry;
  const unclear = attention.length > 0;
  const state = unclear ? 'unclear' : keep !== undefined ? 'kept' : isDue(expiry, now) ? 'due' : 'later';
  return {
    ...named(server),
    state,
    endsAt: instant(dueAt),
    endsBy: dueAt === undefined ? '' : dueBy,
    keptUntil: instant(keep?.until),
    keptBecause: keep?.reason ?? '',
    attention,
  };
}

function unread(server: Server, tags: UnknownTags | undefined): Due {
  const nothing = { endsAt: '', endsBy: '', keptUntil: '', keptBecause: '' };
  return {
    ...named(server),
    ...nothing,
    state: 'unclear',
    attention: [{ code: 'tags-unread', why: tags?.why ?? null }],
  };
}

function named({ serverInstanceNo, serverName, isProtectServerTermination: isProtected }: Server) {
  return { serverInstanceNo, serverName, isProtected };
}

const ORDER = { unclear: '0', due: '1', later: '2', kept: '3' };

function rank({ state, endsAt, serverInstanceNo }: Due): string {
  return `${ORDER[state]} ${endsAt} ${serverInstanceNo.padStart(20, '0')}`;
}

function instant(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
