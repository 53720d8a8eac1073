import * as z from 'zod';
import { keySchema } from '../../aws/secret-schemas.ts';
import type { ChatSecret } from '../core/secret.ts';

/** A Slack app: its bot token, and what its requests are signed with (newest first; several while it is rotated). */
const slackSecretSchema = z
  .strictObject({
    botToken: z.string().regex(/^(xoxe\.)?xoxb-[A-Za-z0-9-]+$/),
    signingSecrets: z.array(keySchema.min(16)).min(1).max(3),
  })
  .meta({ example: '{"botToken":"xoxb-<token>","signingSecrets":["<signing secret>"]}' });

export type SlackSecret = z.infer<typeof slackSecretSchema>;

export const slackSecret: ChatSecret<SlackSecret> = {
  setting: 'SLACK_SECRET_ID',
  example: 'banap/dev/slack',
  schema: slackSecretSchema,
};
