import type { Server } from './model.ts';
import type { TerminationRequest } from './request.ts';

export interface Selection {
  /** The servers that the request means, each once. */
  chosen: Server[];
  /** Numbers that the region does not hold. */
  missing: string[];
  /** Names that match nothing: worth a word, a typing mistake looks the same. */
  unmatched: string[];
}

/** Find what a request names among all servers of its region. */
export function select(request: Pick<TerminationRequest, 'servers' | 'names'>, all: readonly Server[]): Selection {
  const byNo = new Map(all.map((server) => [server.serverInstanceNo, server]));
  const wanted = new Set(request.servers);
  const globs = request.names.map((name) => ({ name, matches: matcher(name) }));
  return {
    chosen: all.filter((one) => wanted.has(one.serverInstanceNo) || globs.some((glob) => glob.matches(one.serverName))),
    missing: request.servers.filter((no) => !byNo.has(no)),
    unmatched: globs.filter((glob) => !all.some((one) => glob.matches(one.serverName))).map((glob) => glob.name),
  };
}

/**
 * Only * and ? are special. Everything that globs know beyond that lets a slip of the pen select what nobody meant:
 * "!prod-*" would be everything else, and "(a|b)" is the name of a server.
 */
function matcher(glob: string): (name: string) => boolean {
  const pattern = Array.from(glob, (letter) => SPECIAL[letter] ?? literally(letter)).join('');
  const expression = new RegExp(`^${pattern}$`, 'su');
  return (name) => expression.test(name);
}

const SPECIAL: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

function literally(letter: string): string {
  return `\\u{${letter.codePointAt(0)?.toString(16) ?? ''}}`;
}
