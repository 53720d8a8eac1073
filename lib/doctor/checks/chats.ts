import { SecretError } from '../../aws/secret-error.ts';
import { ChatError } from '../../chat/core/chat-error.ts';
import { PROBES } from '../../chat/probes.ts';
import { CHATS } from '../../chat/registry.ts';
import type { Finding } from '../finding.ts';
import type { ChatHere, World } from '../world.ts';

/** Whether each chat takes its keys, asked without a message. */
export async function chatsFindings({
  chats,
  secrets: { store },
  clock,
}: Pick<World, 'chats' | 'secrets' | 'clock'>): Promise<Finding[]> {
  if (chats.length === 0) return [{ code: 'no-chats', about: '' }];
  if (store === undefined) return [{ code: 'not-looked', about: '', because: 'secrets' }];
  return Promise.all(chats.map((chat) => chatFinding(chat, { store, clock })));
}

async function chatFinding(
  { id, secretId, url }: ChatHere,
  { store, clock }: { store: NonNullable<World['secrets']['store']>; clock: World['clock'] },
): Promise<Finding> {
  const { identity, secret } = CHATS[id];
  const found = { about: '', chat: identity.name };
  try {
    const read = ({ fresh }: { fresh: boolean }): Promise<unknown> =>
      fresh ? store.readFresh(secretId, secret.schema) : store.read(secretId, secret.schema);
    const { as, missing } = await PROBES[id].probe({ secret: read, url, clock });
    if (missing === undefined) return { code: 'chat-scopes-untold', ...found, as };
    if (missing.length > 0) return { code: 'chat-scopes-missing', ...found, missing: [...missing] };
    return { code: 'chat-works', ...found, as };
  } catch (error) {
    // The secret is a finding of its own.
    if (error instanceof SecretError) return { code: 'not-looked', about: identity.name, because: 'secrets' };
    if (!(error instanceof ChatError)) throw error;
    return { code: 'chat-wrong', ...found, problem: error.message };
  }
}
