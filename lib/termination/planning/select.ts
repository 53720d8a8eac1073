import { isMeant } from '../decision/criteria.ts';
import { expiryOf, isDue } from '../decision/expiry.ts';
import { matcher } from '../decision/glob.ts';
import { type Server, type Tags, UnknownTags } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { TerminationRequest } from '../request.ts';
import type { PolicyTerms } from '../rules.ts';

export interface Selection {
  /** The servers that the request means, each once. */
  chosen: Server[];
  /** Numbers that the region does not hold. */
  missing: string[];
  /** Names that match nothing: worth a note, because a typing mistake looks the same. */
  unmatched: string[];
  /** What the tags of servers that the policy means say that cannot be understood. */
  attention: Attention[];
  /** What the policy selects and its `unless` leaves alone. */
  spared: Spared[];
}

export interface Spared {
  serverInstanceNo: string;
  serverName: string;
  /** Which entry of `unless`, counted from 0. */
  by: number;
}

export interface Attention {
  serverInstanceNo: string;
  serverName: string;
  reason: Reason;
}

type Asked = Pick<TerminationRequest, 'servers' | 'names' | 'policyTerms' | 'expiry' | 'tagKeys' | 'timezone'>;

/** The servers of a region and their tags; `tagsOf` may be empty if the request does not go by tags. */
export interface Surveyed {
  all: readonly Server[];
  tagsOf: ReadonlyMap<string, Tags | UnknownTags>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Find what a request means among all servers of its region: the servers that it names, and without any, those that its
 * policy means (of these, if tags decide, only what is due).
 */
export function select(request: Asked, surveyed: Surveyed): Selection {
  const { all } = surveyed;
  const numbers = new Set(all.map((server) => server.serverInstanceNo));
  const wanted = new Set(request.servers);
  const globs = request.names.map((name) => ({ name, matches: matcher(name) }));
  const isNamed = wanted.size + globs.length > 0;
  const { policyTerms } = request;
  const verdicts =
    policyTerms === null ? [] : all.map((server) => ({ server, ...verdictOn(policyTerms, server, request, surveyed) }));
  const meant = verdicts.flatMap(({ server, isMeant: isIt }) => (isIt ? [server] : []));
  const named = all.filter(
    (one) => wanted.has(one.serverInstanceNo) || globs.some((glob) => glob.matches(one.serverName)),
  );
  const byTags = request.expiry === 'tags';
  return {
    chosen: isNamed ? named : byTags ? meant.filter((server) => isOver(server, request, surveyed)) : meant,
    missing: request.servers.filter((no) => !numbers.has(no)),
    unmatched: globs.filter((glob) => !all.some((one) => glob.matches(one.serverName))).map((glob) => glob.name),
    attention: [
      ...(byTags ? (isNamed ? named : meant).flatMap((server) => attentionFor(server, request, surveyed)) : []),
      ...(isNamed ? [] : verdicts.flatMap(({ server, isUnread }) => (isUnread ? unreadTags(server, surveyed) : []))),
    ],
    spared: verdicts.flatMap(({ server: { serverInstanceNo, serverName }, by }) =>
      by < 0 || isNamed ? [] : [{ serverInstanceNo, serverName, by }],
    ),
  };
}

/** Whether the request goes by the tags of servers that it does not name. */
export function goesByTags({ expiry, policyTerms }: Pick<TerminationRequest, 'expiry' | 'policyTerms'>): boolean {
  return expiry === 'tags' || (policyTerms !== null && looksAtTags(policyTerms));
}

function looksAtTags({ select: wanted, unless }: PolicyTerms): boolean {
  return [wanted, ...unless].some(({ tags }) => tags !== undefined);
}

function verdictOn(
  policyTerms: PolicyTerms,
  server: Server,
  { timezone }: Asked,
  { tagsOf, now }: Surveyed,
): { isMeant: boolean; by: number; isUnread: boolean } {
  const tags = tagsOf.get(server.serverInstanceNo);
  const one = { server, tags: {}, now, timezone };
  const isUnread = tags === undefined || tags instanceof UnknownTags;
  // Unread tags may hold what excepts the server. Whether they matter, all else that is selected tells.
  if (looksAtTags(policyTerms) && isUnread) {
    const { tags: _tags, ...others } = policyTerms.select;
    return { isMeant: false, by: -1, isUnread: isMeant({ select: others, unless: [] }, one).why === undefined };
  }
  const { why, by } = isMeant(policyTerms, isUnread ? one : { ...one, tags });
  return { isMeant: why === undefined, by, isUnread: false };
}

function isOver(server: Server, rules: Asked, { tagsOf, now }: Surveyed): boolean {
  const tags = tagsOf.get(server.serverInstanceNo);
  return tags !== undefined && !(tags instanceof UnknownTags) && isDue(expiryOf(server, tags, rules, now), now);
}

function attentionFor(server: Server, rules: Asked, surveyed: Surveyed): Attention[] {
  const { serverInstanceNo, serverName } = server;
  const tags = surveyed.tagsOf.get(serverInstanceNo);
  if (tags === undefined || tags instanceof UnknownTags) return unreadTags(server, surveyed);
  const said = expiryOf(server, tags, rules, surveyed.now).attention;
  return said.map((reason) => ({ serverInstanceNo, serverName, reason }));
}

function unreadTags({ serverInstanceNo, serverName }: Server, { tagsOf }: Surveyed): Attention[] {
  const tags = tagsOf.get(serverInstanceNo);
  const why = tags instanceof UnknownTags ? tags.why : null;
  return [{ serverInstanceNo, serverName, reason: { code: 'tags-unread', why } }];
}
