/** `banap doctor`: says what is in order and what is not, changes nothing, and can save what NCP answered. */

import { existsSync } from 'node:fs';
import { access, constants, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { askWithSdk } from '../aws/ask-secret.ts';
import { reportAllowedHosts } from '../aws/lambda-settings.ts';
import { ncloudKeysSchema } from '../aws/secret-schemas.ts';
import { SecretStore } from '../aws/secrets.ts';
import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { Account } from '../doctor/account.ts';
import { CHECK_NAMES, look } from '../doctor/doctor.ts';
import { type CheckName, type Finding, STATES, type State } from '../doctor/finding.ts';
import { repliesFile } from '../doctor/replies.ts';
import { chatsNamed, secretsNamed, webhooksNamed } from '../doctor/settings.ts';
import { StandIns } from '../doctor/stand-ins.ts';
import type { Memory, PoliciesHere, World } from '../doctor/world.ts';
import type { ClientOptions } from '../ncloud/client.ts';
import { ConfigError, configOf, type Environment, type NcloudConfig, ncloudConfig } from '../ncloud/config.ts';
import type { Policies } from '../policies/schema.ts';
import { dynamoStore } from '../store/named-store.ts';
import { sharedStore } from '../store/sqlite-store.ts';
import type { Scope } from '../termination/model.ts';
import { RequestError } from '../termination/request.ts';
import { keysOf } from './account-keys.ts';
import { counted, inWords, STATE_MARKS } from './doctor-words.ts';
import { type Io, marksFor } from './io.ts';
import { checkPoliciesFile, POLICIES_FILE } from './policies-file.ts';
import { stateFolder } from './state-file.ts';
import { tableFrom } from './store.ts';
import { recipientsFrom } from './terminate.ts';

export interface DoctorOptions {
  /** Path of the policies file. */
  policies?: string;
  account?: string;
  /** Where NCP's replies go. */
  save?: string;
  json: boolean;
}

interface Told {
  check: CheckName;
  state: State;
  finding: Finding;
}

/** Returns the exit code: 2 where something is wrong, 1 if it was interrupted. */
export async function doctorCommand(options: DoctorOptions, io: Io): Promise<number> {
  if (options.save !== undefined && existsSync(options.save)) throw cannotSave(options.save, 'EEXIST');
  let calls = 0;
  const world = await worldOf(options, io, () => (calls += 1));
  try {
    const told: Told[] = [];
    for (const check of CHECK_NAMES) {
      const found = await reporting(
        check,
        () => calls,
        io,
        () => look(check, world),
      );
      for (const finding of found) {
        const one = { check, state: STATES[finding.code], finding };
        told.push(one);
        if (!options.json) io.stdout.write(`${line(one, io)}\n`);
      }
    }
    if (options.save !== undefined) await saveReplies(options.save, world, io);
    io.stdout.write(options.json ? `${JSON.stringify({ findings: told.map(inJson) })}\n` : `${summary(told)}\n`);
    if (io.signal.aborted) return 1;
    return told.some(({ state }) => state === 'wrong') ? 2 : 0;
  } finally {
    await Promise.all(world.accounts.map((account) => account.close()));
  }
}

/** Says after a second that it is still at it, and every two seconds from then on. */
async function reporting<T>(check: CheckName, calls: () => number, { stderr }: Io, work: () => Promise<T>): Promise<T> {
  const say = (): void => void stderr.write(`checking ${check}: ${counted(calls(), 'call')} to NCP so far\n`);
  let repeating: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say();
    repeating = setInterval(say, 2_000);
  }, 1_000);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(repeating);
  }
}

function line({ check, state, finding }: Told, { stdout }: Io): string {
  const { lost, small } = marksFor(stdout);
  const about = finding.about === '' ? '' : ` ${finding.about}`;
  const text = `${STATE_MARKS[state]} ${check}${about}: ${inWords(finding)}`;
  return state === 'wrong' ? lost(text) : state === 'open' ? small(text) : text;
}

function inJson({ check, state, finding }: Told): object {
  return { check, state, ...finding, message: inWords(finding) };
}

function summary(told: readonly Told[]): string {
  const count = (wanted: State): number => told.filter(({ state }) => state === wanted).length;
  const wrong = count('wrong');
  return `${wrong === 0 ? 'nothing is wrong' : `${wrong} to put right (✗)`}, ${count('ok')} in order, ${count('open')} not checked`;
}

async function saveReplies(file: string, { accounts }: World, { stderr }: Io): Promise<void> {
  const exchanges = accounts.flatMap((account) => account.exchanges);
  try {
    const text = repliesFile(exchanges, new StandIns(chance()), systemClock.now());
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw cannotSave(file, String(error.code));
  }
  stderr.write(
    `${file}: ${counted(exchanges.length, 'reply', 'replies')} of NCP, with stand-ins for ids, names, addresses, tags and keys; read it before you send it\n`,
  );
}

function cannotSave(file: string, code: string): RequestError {
  const why = code === 'EEXIST' ? 'is there already; name a new file with --save' : `cannot be written (${code})`;
  return new RequestError([`${file} ${why}`]);
}

async function worldOf(options: DoctorOptions, io: Io, onCall: () => void): Promise<World> {
  const { env, signal } = io;
  const here = await policiesHereOrNot(options.policies);
  const policies = here?.checked.policies;
  const store = isAwsConfigured(env) ? new SecretStore({ ask: askWithSdk(), clock: systemClock }) : undefined;
  return {
    clock: systemClock,
    signal,
    policies: here,
    accounts: accountNames(options, policies).map((name) => accountNamed(name, { policies, store, io, onCall })),
    secrets: { named: secretsNamed(env, policies), store },
    memory: memoryOf(env),
    chats: chatsNamed(env),
    webhooks: [
      ...webhooksOfThisMachine(env),
      ...webhooksNamed(env, policies, { store, allowedHosts: reportAllowedHosts(env) }),
    ],
  };
}

/** A file that is not there is a problem only where somebody named it. */
async function policiesHereOrNot(file: string | undefined): Promise<PoliciesHere | undefined> {
  if (file === undefined && !existsSync(POLICIES_FILE)) return undefined;
  const named = file ?? POLICIES_FILE;
  return { file: named, checked: await checkPoliciesFile(named, systemClock.now()) };
}

function accountNames({ account }: DoctorOptions, policies: Policies | undefined): string[] {
  const known = Object.keys(policies?.accounts ?? { default: '' });
  if (account === undefined) return known;
  if (known.includes(account)) return [account];
  throw new RequestError([`there is no account ${JSON.stringify(account)}; expected one of ${known.join(', ')}`]);
}

function accountNamed(
  name: string,
  context: { policies: Policies | undefined; store: SecretStore | undefined; io: Io; onCall: () => void },
): Account {
  const { policies, io, onCall } = context;
  const { env, stderr, signal } = io;
  const config = configOf(ncloudConfig(env), policies?.accounts?.[name]);
  const own = Object.values(policies?.policies ?? {}).filter(({ select }) => select.account === name);
  const places = own.map(({ select: { environment, region } }): Scope => ({ environment, region }));
  return new Account({
    name,
    places: places.length === 0 ? [usualPlace(config)] : distinct(places),
    policies: own,
    config,
    keys: keysFor(name, context),
    clock: systemClock,
    chance: chance(),
    signal,
    onCall,
    onRetry: (error, delayMs) => stderr.write(`${error.message}; again in ${Math.ceil(delayMs / 1000)} s\n`),
  });
}

function usualPlace({ environments: [environment = 'vpc'], region }: NcloudConfig): Scope {
  return { environment, region: region.toUpperCase() };
}

function distinct(places: readonly Scope[]): Scope[] {
  return [...new Map(places.map((place) => [`${place.environment} ${place.region}`, place])).values()];
}

/** As every command finds them, or, where this machine has none, those of the deployment that the settings are of. */
function keysFor(
  name: string,
  { policies, store, io: { env } }: { policies: Policies | undefined; store: SecretStore | undefined; io: Io },
): ClientOptions['keys'] {
  const secretId = env['NCLOUD_SECRET_ID'] ?? '';
  if (policies?.accounts === undefined && secretId !== '' && store !== undefined && !env['NCLOUD_ACCESS_KEY']) {
    return {
      current: () => store.read(secretId, ncloudKeysSchema),
      fresh: () => store.readFresh(secretId, ncloudKeysSchema),
    };
  }
  // What is missing is found out when it is asked for, and then is a finding.
  const keys = (): ClientOptions['keys'] => keysOf(name, policies?.accounts, { env, clock: systemClock });
  return { current: async () => keys().current(), fresh: async () => keys().fresh() };
}

/** Whether somebody has told AWS's SDK anything. Without that it would look for credentials in the network, and find none. */
function isAwsConfigured(env: Environment): boolean {
  const names = [
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ];
  const folder = join(env['HOME'] || homedir(), '.aws');
  return (
    [...names, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'].some((name) => env[name]) ||
    ['credentials', 'config'].some((file) => existsSync(join(folder, file)))
  );
}

function webhooksOfThisMachine(env: Environment): World['webhooks'] {
  if (!env['BANAP_WEBHOOK_URL'] && !env['BANAP_WEBHOOK_SECRET']) return [];
  const target = async (): Promise<{ url: string }> => {
    const [recipient] = recipientsFrom(env);
    return recipient === undefined ? { url: '' } : recipient();
  };
  return [{ about: 'BANAP_WEBHOOK_URL', target, allowedHosts: reportAllowedHosts(env) }];
}

function memoryOf(env: Environment): Memory {
  if (env['BANAP_TABLE']) {
    const name = `table ${env['BANAP_TABLE']}`;
    const read = async (): Promise<void> => {
      const store = dynamoStore({ table: tableFrom(env), clock: systemClock });
      await store.allPauses().finally(() => store.disconnect());
    };
    return { name, isThere: true, look: read };
  }
  const folder = stateFolder(env);
  return { name: folder, isThere: existsSync(folder), look: () => lookInto(folder) };
}

/** Every file in it is opened; where there is none yet, the folder above has to take one. */
async function lookInto(folder: string): Promise<void> {
  try {
    await access(nearestThere(folder), constants.W_OK);
    const names = existsSync(folder) ? await readdir(folder) : [];
    for (const name of names.filter((one) => one.endsWith('.db'))) {
      const store = sharedStore({ shared: join(folder, name), clock: systemClock });
      await store.allPauses().finally(() => store.disconnect());
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error.name === 'StoreError') throw error;
    throw new ConfigError(
      `${folder} cannot be used (${String(error.code)}); let this user write there, or set BANAP_STATE_DIR to another folder`,
    );
  }
}

function nearestThere(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestThere(dirname(folder));
}
