import { describe, expect, it } from 'vitest';
import {
  callerSecretSchema,
  linkSecretSchema,
  ncloudKeysSchema,
  webhookSecretSchema,
} from '../../lib/aws/secret-schemas.ts';
import { SecretStore } from '../../lib/aws/secrets.ts';
import { naverWorksSecret } from '../../lib/chat/naver-works/secret.ts';
import { slackSecret } from '../../lib/chat/slack/secret.ts';
import { systemClock } from '../../lib/clock.ts';
import { chatsNamed, secretsNamed, webhooksNamed } from '../../lib/doctor/settings.ts';
import { checkPolicies } from '../../lib/policies/check.ts';

const STAGE = {
  NCLOUD_SECRET_ID: 'stage/ncloud',
  REPORT_WEBHOOK_SECRET_ID: 'stage/webhook',
  CONFIRM_SECRET_ID: 'stage/confirm',
  SLACK_SECRET_ID: 'stage/slack',
  NAVER_WORKS_SECRET_ID: 'stage/works',
  BANAP_SLACK_URL: 'http://127.0.0.1:1',
};

const { policies } = checkPolicies(
  `version: 1
accounts: { lab: { secret: lab/ncloud } }
callers: { ci: { secret: ci/keys, policies: [dev] } }
policies:
  dev: { select: { account: lab, environment: vpc, names: ['dev-*'] }, report: [team/hook, stage/webhook] }
`,
  { now: 0 },
);

describe('what settings and policies name', () => {
  it('is every secret, with what has to be in it', () => {
    expect(secretsNamed({}, undefined)).toEqual([]);
    expect(secretsNamed(STAGE, undefined)).toEqual([
      { id: 'stage/ncloud', schema: ncloudKeysSchema },
      { id: 'stage/webhook', schema: webhookSecretSchema },
      { id: 'stage/confirm', schema: linkSecretSchema },
      { id: 'stage/slack', schema: slackSecret.schema },
      { id: 'stage/works', schema: naverWorksSecret.schema },
    ]);
  });

  it('is of policies every account, caller and report target, and then not the keys of the stage', () => {
    const ids = secretsNamed(STAGE, policies).map(({ id }) => id);
    expect(ids).not.toContain('stage/ncloud');
    expect(secretsNamed({}, policies)).toEqual([
      { id: 'lab/ncloud', schema: ncloudKeysSchema },
      { id: 'ci/keys', schema: callerSecretSchema },
      { id: 'team/hook', schema: webhookSecretSchema },
      { id: 'stage/webhook', schema: webhookSecretSchema },
    ]);
  });

  it('are the chats, where they are', () => {
    expect(chatsNamed(STAGE)).toEqual([
      { id: 'slack', secretId: 'stage/slack', url: 'http://127.0.0.1:1' },
      { id: 'naverWorks', secretId: 'stage/works', url: '' },
    ]);
    expect(chatsNamed({})).toEqual([]);
  });

  it('are the report targets, each once, read when they are asked', async () => {
    const secret = { url: 'https://hooks.example.com/x', secret: `whsec_${'A'.repeat(32)}` };
    const store = new SecretStore({
      ask: () => Promise.resolve({ SecretString: JSON.stringify(secret) }),
      clock: systemClock,
    });
    const webhooks = webhooksNamed(STAGE, policies, { store, allowedHosts: ['10.0.0.5'] });
    expect(webhooks).toMatchObject([
      { about: 'stage/webhook', allowedHosts: ['10.0.0.5'] },
      { about: 'team/hook', allowedHosts: ['10.0.0.5'] },
    ]);
    await expect(webhooks[0]?.target()).resolves.toMatchObject(secret);
    const [without] = webhooksNamed(STAGE, policies, { store: undefined, allowedHosts: [] });
    await expect(without?.target()).rejects.toThrow('stage/webhook');
  });
});
