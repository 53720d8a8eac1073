import { SecretError } from '../../aws/secret-error.ts';
import { ConfigError } from '../../ncloud/config.ts';
import { NcloudError } from '../../ncloud/errors.ts';
import { oneLine } from '../../termination/one-line.ts';
import type { Account } from '../account.ts';
import type { Finding } from '../finding.ts';
import type { World } from '../world.ts';
import { skewOf } from './clock.ts';

/** Whether NCP takes the keys of each account, and if it does not, which of them is to be looked at. */
export async function keysFindings({ accounts }: Pick<World, 'accounts'>): Promise<Finding[]> {
  return Promise.all(accounts.map(keysFinding));
}

async function keysFinding(account: Account): Promise<Finding> {
  const { name: about, endpoint } = account;
  const missing = await unloaded(account);
  if (missing !== undefined) return { code: 'no-keys', about, problem: missing };
  const error = await account.trouble();
  if (error === undefined) return { code: 'keys-accepted', about, endpoint };
  const problem = oneLine(error.message, 300);
  if (!(error instanceof NcloudError)) return { code: 'ncp-trouble', about, endpoint, problem };
  switch (error.kind) {
    case 'authentication':
      return refused(account, error);
    case 'permission':
      return { code: 'keys-shut-out', about, problem };
    case 'unreachable':
      return { code: 'ncp-unreached', about, endpoint, problem };
    default:
      return { code: 'ncp-trouble', about, endpoint, problem };
  }
}

/** What loads no keys has said why. */
async function unloaded({ keys }: Account): Promise<string | undefined> {
  try {
    await keys.current();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof SecretError) return error.message;
    throw error;
  }
}

/**
 * NCP answers a wrong access key, a wrong secret key and a clock that is off alike, as far as its documents tell. So the clock
 * is looked at first, and then what NCP says to an access key that nobody has.
 */
async function refused(account: Account, error: NcloudError): Promise<Finding> {
  const { name: about, endpoint } = account;
  const problem = oneLine(error.message, 300);
  if (isAboutTime(error) || skewOf(account)?.isRefused === true) return { code: 'clock-refused', about, problem };
  const toStrangers = await account.troubleOfStranger();
  const isKnown =
    toStrangers instanceof NcloudError && isRefusal(toStrangers) && wordsOf(toStrangers) !== wordsOf(error);
  return { code: isKnown ? 'secret-key-refused' : 'keys-refused', about, endpoint, problem };
}

/** Words for a stale time stamp, of which none is documented: "Expired url." and "Timestamp is expired." were seen. */
function isAboutTime({ returnMessage }: NcloudError): boolean {
  return /expired|timestamp/i.test(returnMessage);
}

function isRefusal({ kind }: NcloudError): boolean {
  return kind === 'authentication' || kind === 'permission';
}

function wordsOf({ status, returnCode, returnMessage }: NcloudError): string {
  return JSON.stringify([status, returnCode, returnMessage]);
}

/** Whether NCP takes the keys of this account; what else is asked of it would fail. */
export async function isAccepted(account: Account): Promise<boolean> {
  return (await unloaded(account)) === undefined && (await account.trouble()) === undefined;
}
