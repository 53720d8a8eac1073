/** Where the command line remembers: one SQLite file for each access key of NCP, in the folder that the system has for this. */

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type Environment } from '../ncloud/config.ts';

export function stateFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const given = env['BANAP_STATE_DIR'] ?? '';
  if (given !== '') return absolute('BANAP_STATE_DIR', given);
  const home = env['HOME'] || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'banap');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'banap');
  // The XDG specification says that relative paths are invalid and must be ignored.
  const state = env['XDG_STATE_HOME'] ?? '';
  return join(state.startsWith('/') ? state : join(home, '.local', 'state'), 'banap');
}

/** A relative path would keep a separate state in every folder. */
function absolute(name: string, path: string): string {
  if (/^([A-Za-z]:)?[\\/]/.test(path)) return path;
  throw new ConfigError(`${name} is ${JSON.stringify(path)}; expected an absolute path, for example /var/lib/banap`);
}

export interface AccountId {
  /** The account's name in policies.yml. */
  account: string;
  /** Scheme, host and port of NCP's gateway: a simulator has other servers than NCP. */
  gateway: string;
  /** The id, not the secret. */
  accessKey: string;
}

/**
 * The one that this access key has, whatever the account was called when it was made: another folder's policies.yml may
 * have another name for it. Throws ConfigError if there are several. The name shows the account to people.
 */
export function stateFile(folder: string, id: AccountId): string {
  const [own = `${fileStem(id)}-${hash(id.accessKey)}.db`, another] = ownFiles(folder, id);
  if (another === undefined) return join(folder, own);
  const both = `${own} and ${another} in ${folder} are of the same access key`;
  throw new ConfigError(`${both}, and the holds of both should count: move one away, and hold its servers again`);
}

function ownFiles(folder: string, { gateway, accessKey }: AccountId): string[] {
  return namesIn(folder).filter((name) => name.endsWith(`-${hash(gateway)}-${hash(accessKey)}.db`));
}

/** For everything that concerns all accounts, such as a pause of everything. */
export function sharedFile(folder: string): string {
  return join(folder, 'every-account.db');
}

/** Files of accounts with the same name but another access key, if this access key has no file yet. */
export function filesOfOtherKeys(folder: string, id: AccountId): string[] {
  if (ownFiles(folder, id).length > 0) return [];
  const names = namesIn(folder).filter((name) => name.startsWith(`${fileStem(id)}-`) && name.endsWith('.db'));
  return names.map((name) => join(folder, name));
}

function fileStem({ account, gateway }: AccountId): string {
  return `${account}-${hash(gateway)}`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
