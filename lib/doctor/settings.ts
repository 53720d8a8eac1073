/** What settings and policies name: secrets, chats, and where reports go. The settings are those of the deployed functions. */

import { SecretError } from '../aws/secret-error.ts';
import { callerSecretSchema, linkSecretSchema, ncloudKeysSchema, webhookSecretSchema } from '../aws/secret-schemas.ts';
import type { SecretStore } from '../aws/secrets.ts';
import { CHAT_IDS } from '../chat/identities.ts';
import { CHATS } from '../chat/registry.ts';
import type { Environment } from '../ncloud/config.ts';
import type { Policies } from '../policies/schema.ts';
import type { ChatHere, NamedSecret, Webhook } from './world.ts';

/** Where policies name accounts, their secrets are read, and not the one of the deployment. */
export function secretsNamed(env: Environment, policies: Policies | undefined): NamedSecret[] {
  const { accounts, callers = {}, policies: all = {} } = policies ?? {};
  const ofSettings = [
    { id: accounts === undefined ? env['NCLOUD_SECRET_ID'] : '', schema: ncloudKeysSchema },
    { id: env['REPORT_WEBHOOK_SECRET_ID'], schema: webhookSecretSchema },
    { id: env['CONFIRM_SECRET_ID'], schema: linkSecretSchema },
    ...chatsNamed(env).map(({ id, secretId }) => ({ id: secretId, schema: CHATS[id].secret.schema })),
  ];
  return [
    ...ofSettings.flatMap(({ id, schema }) => (id === undefined || id === '' ? [] : [{ id, schema }])),
    ...Object.values(accounts ?? {}).map(({ secret }) => ({ id: secret, schema: ncloudKeysSchema })),
    ...Object.values(callers).map(({ secret }) => ({ id: secret, schema: callerSecretSchema })),
    ...reportSecrets(all).map((id) => ({ id, schema: webhookSecretSchema })),
  ];
}

export function chatsNamed(env: Environment): ChatHere[] {
  return CHAT_IDS.flatMap((id) => {
    const { secret, urlSetting } = CHATS[id];
    const secretId = env[secret.setting] ?? '';
    return secretId === '' ? [] : [{ id, secretId, url: env[urlSetting] ?? '' }];
  });
}

/** Where reports of the deployment and of its policies go. */
export function webhooksNamed(
  env: Environment,
  policies: Policies | undefined,
  { store, allowedHosts }: { store: SecretStore | undefined; allowedHosts: readonly string[] },
): Webhook[] {
  const ids = [env['REPORT_WEBHOOK_SECRET_ID'] ?? '', ...reportSecrets(policies?.policies ?? {})];
  return [...new Set(ids)].flatMap((id) => {
    if (id === '') return [];
    const target = async (): Promise<{ url: string }> => {
      if (store === undefined) throw new SecretError('unreachable', `secret ${id} was not asked for`);
      return store.read(id, webhookSecretSchema);
    };
    return [{ about: id, target, allowedHosts }];
  });
}

function reportSecrets(policies: Policies['policies']): string[] {
  return Object.values(policies).flatMap(({ report = [] }) => report);
}
