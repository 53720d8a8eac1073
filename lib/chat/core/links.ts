/** Links from chats to the confirm pages. */

import { linkSecretSchema } from '../../aws/secret-schemas.ts';
import type { SecretStore } from '../../aws/secrets.ts';
import { type Link, signLink } from '../../confirm/link.ts';
import type { ChatTools } from './chat.ts';

export interface LinkSettings {
  /** Keys of confirm links; without them there are none. */
  linkSecretId: string;
  /** Where confirm pages are, without a slash at the end; empty: there are none. */
  publicUrl: string;
}

/** As long as the store keeps a run. */
const RUN_LINK_MS = 60 * 86_400_000;

export function linksIn(
  { publicUrl, linkSecretId }: LinkSettings,
  secrets: Pick<SecretStore, 'read'>,
): Pick<ChatTools<never>, 'runLink' | 'decisionLink'> {
  if (publicUrl === '' || linkSecretId === '') return { runLink: () => Promise.resolve(''), decisionLink: undefined };
  const linkTo = async (link: Link): Promise<string> => {
    const { keys } = await secrets.read(linkSecretId, linkSecretSchema);
    return `${publicUrl}/confirm/${signLink(link, keys)}`;
  };
  return {
    // Nobody decides there.
    runLink: ({ requestId, createdAt }) =>
      linkTo({ requestId, planHash: '', by: '', expiresAt: Date.parse(createdAt) + RUN_LINK_MS }),
    decisionLink: ({ requestId, planHash, approvalUntil }, by) =>
      linkTo({ requestId, planHash, by, expiresAt: Date.parse(approvalUntil) }),
  };
}
