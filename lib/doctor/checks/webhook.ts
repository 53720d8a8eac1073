import { SecretError } from '../../aws/secret-error.ts';
import { ConfigError } from '../../ncloud/config.ts';
import { DeliveryError, probeWebhook } from '../../reports/webhook.ts';
import type { Finding } from '../finding.ts';
import type { Webhook, World } from '../world.ts';

const TIMEOUT_MS = 10_000;

/** Whether reports would arrive: the host has an address, a public one, and answers. Nothing is posted. */
export async function webhookFindings({ webhooks }: Pick<World, 'webhooks'>): Promise<Finding[]> {
  if (webhooks.length === 0) return [{ code: 'no-webhook', about: '' }];
  return Promise.all(webhooks.map(webhookFinding));
}

async function webhookFinding({ about, target, allowedHosts }: Webhook): Promise<Finding> {
  try {
    const { url } = await target();
    const { host, status } = await probeWebhook({ url, allowedHosts, timeoutMs: TIMEOUT_MS });
    return { code: 'webhook-there', about, host, status };
  } catch (error) {
    if (error instanceof SecretError) return { code: 'not-looked', about, because: 'secrets' };
    if (!(error instanceof DeliveryError || error instanceof ConfigError)) throw error;
    return { code: 'webhook-wrong', about, problem: error.message };
  }
}
