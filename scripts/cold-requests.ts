/** Correctly signed requests as API Gateway passes them on. Loading this module makes new keys. */

import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { httpEvent } from '../lib/dev/http-event.ts';
import { commandBody, slackSignature } from '../lib/dev/slack-person.ts';

export const SIGNING_SECRET = randomBytes(16).toString('hex');
export const CALLER_KEY = `whsec_${randomBytes(32).toString('base64')}`;

export function slackCommand(): object {
  const body = commandBody({ text: 'plan dev-web' }, 'https://hooks.slack.com/commands/T0LOCAL00/1/cold');
  const timestamp = nowSeconds();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': slackSignature(SIGNING_SECRET, timestamp, body),
  };
  return httpEvent({ method: 'POST', url: '/slack/commands', headers, body });
}

export function termination(): object {
  const body = JSON.stringify({ policy: 'night', reason: 'cold start' });
  const [id, timestamp] = [randomUUID(), nowSeconds()];
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': new Webhook(CALLER_KEY).sign(id, new Date(timestamp * 1000), body),
  };
  return httpEvent({ method: 'POST', url: '/terminations', headers, body });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
