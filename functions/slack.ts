/** The Lambda function that Slack calls. */

import { receiverOf } from '../lib/chat/core/receive.ts';
import { slackIncoming } from '../lib/chat/slack/incoming.ts';

export const handler = receiverOf(slackIncoming);
