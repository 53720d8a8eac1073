/**
 * The Lambda function behind the HTTP API: callers ask for terminations, and people without buttons decide on the confirm
 * page. It begins runs and tells them what was said; it knows nothing of NCP.
 */

import { default as middy } from '@middy/core'; // its types know no other export
import { askWithSdk } from '../lib/aws/ask-secret.ts';
import { COMMON_SETTINGS, requiredSettings } from '../lib/aws/lambda-settings.ts';
import { logFailure } from '../lib/aws/log.ts';
import { runControlIn } from '../lib/aws/run-control.ts';
import { callerSecretSchema, linkSecretSchema } from '../lib/aws/secret-schemas.ts';
import { SecretStore } from '../lib/aws/secrets.ts';
import { systemClock } from '../lib/clock.ts';
import { confirmRoutes } from '../lib/confirm/confirm.ts';
import { messageOf } from '../lib/errors.ts';
import type { HttpAnswer } from '../lib/http/answer.ts';
import { httpMiddlewares } from '../lib/http/function.ts';
import { type Route, routed } from '../lib/http/route.ts';
import type { Environment } from '../lib/ncloud/config.ts';
import { compiledPoliciesIn } from '../lib/policies/load.ts';
import { namedStore } from '../lib/store/named-store.ts';
import { DEFAULT_TIMEZONE } from '../lib/termination/rules.ts';
import { terminationRoutes } from '../lib/webhook/terminations.ts';

/** Kept between invocations of one environment: a secret is read once in five minutes. */
const secrets = new SecretStore({ ask: askWithSdk(), clock: systemClock });

/** Made with the first request, and again where that failed. */
let routes: Route[] | undefined;

function routesFor(settings: Settings): Route[] {
  const compiled = compiledPoliciesIn(settings.policiesFile);
  const { policies, callers = {} } = compiled;
  const { table, terminateFunction, stage } = settings;
  const store = namedStore({ table, clock: systemClock });
  const runControl = runControlIn({ store, table, terminateFunction, stage, policies: compiled });
  return [
    ...terminationRoutes({
      runControl,
      callers,
      policies,
      keysOf: async (secretId) => (await secrets.read(secretId, callerSecretSchema)).keys,
      now: () => systemClock.now(),
      baseUrl: ({ host }) => settings.publicUrl || `https://${host}`,
      onUnread: logFailure,
      onTaken: (line) => console.log(line),
    }),
    ...confirmRoutes({
      runControl,
      linkKeys: () => linkKeys(settings),
      now: () => systemClock.now(),
      timezoneOf: (policy) => policies[policy]?.timezone ?? DEFAULT_TIMEZONE,
      onDecided: (line) => console.log(line),
      onRefused: ({ status, note, error }) =>
        console.log({
          message: 'refused',
          status,
          detail: note,
          ...(error !== undefined && { error: messageOf(error) }),
        }),
    }),
  ];
}

/** None where there are no links. */
async function linkKeys({ linkSecretId }: Settings): Promise<string[]> {
  return linkSecretId === '' ? [] : (await secrets.read(linkSecretId, linkSecretSchema)).keys;
}

interface Settings {
  /** The durable function's alias, by ARN. */
  terminateFunction: string;
  /** Empty on a machine of one's own. */
  stage: string;
  table: string;
  policiesFile: string;
  /** Where this is reached, without a slash at the end; empty: at the host that API Gateway names. */
  publicUrl: string;
  /** Secrets Manager id of the keys that sign confirm links; empty where there are none. */
  linkSecretId: string;
}

function settingsFrom(env: Environment): Settings {
  const { TERMINATE_FUNCTION, BANAP_TABLE, BANAP_POLICIES } = requiredSettings(env, {
    TERMINATE_FUNCTION: "the ARN of the durable function's alias",
    ...COMMON_SETTINGS,
  });
  return {
    terminateFunction: TERMINATE_FUNCTION,
    stage: env['BANAP_STAGE'] ?? '',
    table: BANAP_TABLE,
    policiesFile: BANAP_POLICIES,
    publicUrl: (env['BANAP_PUBLIC_URL'] ?? '').replace(/\/+$/, ''),
    linkSecretId: env['CONFIRM_SECRET_ID'] ?? '',
  };
}

export const handler = middy<unknown, HttpAnswer>()
  .use(httpMiddlewares)
  .handler(routed(() => (routes ??= routesFor(settingsFrom(process.env)))));
