/**
 * Carries out what somebody wrote or clicked in a chat. Every chat uses it, and it only uses existing mechanisms:
 * an order under a policy, a signal to a run, a hold on a server.
 */

import type { Policies, Policy } from '../../../policies/schema.ts';

import { DEFAULT_TIMEZONE } from '../../../termination/rules.ts';
import { type Language, languageOf } from '../../../wording/language.ts';
import type { ChatRequest } from '../chat-request.ts';
import { parseCommand } from '../commands.ts';
import { replies } from '../replies.ts';
import { decide } from './clicks.ts';
import { type Backend, type ChatContext, sentAt } from './context.ts';
import { listNext, pausePolicy, resumePolicy } from './policies.ts';
import { cancelRun, statusOf } from './runs.ts';
import { keepServers, listHolds, planServers, releaseServers, terminateServers, whyServers } from './servers.ts';

/** The answer, for the person who asked. Throws what the backend throws. */
export function handle(chatRequest: ChatRequest, backend: Backend): Promise<string> {
  const { content } = chatRequest;
  const here = policiesFor(chatRequest, backend.policies);
  const [first] = Object.values(here);
  const timezone = first?.timezone ?? DEFAULT_TIMEZONE;
  const language = spokenIn(chatRequest, backend);
  const context: ChatContext = { chatRequest, backend, here, timezone, language, say: replies(language, timezone) };
  if (content.kind === 'click') return decide(content.decision, context);
  return obey(content.text, context);
}

/** The answer if {@link handle} failed. */
export function failedIn(chatRequest: ChatRequest, backend: Pick<Backend, 'language'>): string {
  return replies(spokenIn(chatRequest, backend), DEFAULT_TIMEZONE).failed();
}

function spokenIn({ content }: ChatRequest, { language }: Pick<Backend, 'language'>): Language {
  return content.kind === 'text' ? languageOf(content.text) : language;
}

async function obey(text: string, context: ChatContext): Promise<string> {
  const { chatRequest, say, timezone } = context;
  const reading = { now: sentAt(context), timezone, needsVerb: chatRequest.prefix === '' };
  const command = parseCommand(text, reading);
  if (command.kind === 'wrong') return say.wrong({ ...command, prefix: chatRequest.prefix });
  if (command.kind === 'help') return say.help({ prefix: chatRequest.prefix, person: chatRequest.person.id });
  if (Object.keys(context.here).length === 0) return say.notHere();
  switch (command.kind) {
    case 'plan':
      return planServers(command, context);
    case 'terminate':
      return terminateServers(command, context);
    case 'why':
      return whyServers(command, context);
    case 'keep':
      return keepServers(command, context);
    case 'release':
      return releaseServers(command, context);
    case 'holds':
      return listHolds(context);
    case 'next':
      return listNext(context);
    case 'pause':
      return pausePolicy(command, context);
    case 'resume':
      return resumePolicy(command, context);
    case 'status':
      return statusOf(command.requestId, context);
    case 'cancel':
      return cancelRun(command, context);
  }
}

function policiesFor({ chat, channel }: ChatRequest, { policies }: Policies): Record<string, Policy> {
  return Object.fromEntries(Object.entries(policies).filter(([, policy]) => policy.chat?.[chat] === channel));
}
