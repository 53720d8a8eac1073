import { jsonAnswer } from '../../http/answer.ts';
import type { Incoming } from '../core/incoming.ts';
import { slackIdentity } from './identity.ts';
import { parseSlackClick, parseSlackCommand } from './interaction.ts';
import { seal } from './sealed.ts';
import { type SlackSecret, slackSecret } from './secret.ts';
import { verifySlack } from './signature.ts';

const COMMANDS = '/slack/commands';

/**
 * Slack waits three seconds for an answer, a cold start included. Its repetitions are handed over too; they do nothing twice.
 */
export const slackIncoming: Incoming<SlackSecret> = {
  chat: 'slack',
  identity: slackIdentity,
  secret: slackSecret,
  paths: [COMMANDS, '/slack/interactions'],
  contentType: 'application/x-www-form-urlencoded',

  verify: ({ headers, body }, { signingSecrets }, now) =>
    verifySlack({
      body,
      timestamp: headers['x-slack-request-timestamp'],
      signature: headers['x-slack-signature'],
      secrets: signingSecrets,
      now,
    }),

  parse: ({ path, headers }, text, { secret, isLocal }) => {
    const kind = path === COMMANDS ? 'command' : 'click';
    const options = { allowLoopback: isLocal };
    const parsed = kind === 'command' ? parseSlackCommand(text, options) : parseSlackClick(text, options);
    if (!parsed.ok) return { kind: 'wrong', problem: parsed.problem };
    const [newest = ''] = secret.signingSecrets;
    const { responseUrl, ...said } = parsed.value;
    const sealed = { ...said, sealedUrl: seal(responseUrl, said.triggerId, newest) };
    // Nothing is said for a click: the message itself changes.
    if (kind === 'click') return { kind: 'hand-over', payload: { kind, [kind]: sealed } };
    // A command says nothing of its time; when Slack signed it is near enough. It is answered by the other function.
    const at = Number(headers['x-slack-request-timestamp']) * 1000;
    return { kind: 'hand-over', payload: { kind, [kind]: sealed, at }, answer: jsonAnswer(200, SEEN) };
  },
};

const SEEN = { response_type: 'ephemeral', text: '…' };
