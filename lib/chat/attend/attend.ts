/**
 * What somebody said or clicked in a chat, carried out. Every chat comes here, and everything here is one of the ways that
 * exist already: an order under a policy, a word to a run, a hold on a server.
 */

import type { Policies, Policy } from '../../policies/schema.ts';

import { DEFAULT_TIMEZONE } from '../../termination/rules.ts';
import { type Language, languageOf } from '../../wording/language.ts';
import { parseCommand } from '../commands.ts';
import { replies } from '../replies.ts';
import type { Attending, Office, Visit } from './attending.ts';
import { decide } from './clicks.ts';
import { cancelRun, statusOf } from './runs.ts';
import { saidAt } from './said-at.ts';
import { keepServers, planServers, terminateServers } from './servers.ts';

/** The answer, for the person who asked. Throws what the office throws. */
export function attend(visit: Visit, office: Office): Promise<string> {
  const { said } = visit;
  const here = policiesFor(visit, office.policies);
  const [first] = Object.values(here);
  const timezone = first?.timezone ?? DEFAULT_TIMEZONE;
  const language = spokenIn(visit, office);
  const one: Attending = { visit, office, here, timezone, language, say: replies(language, timezone) };
  if (said.kind === 'click') return decide(said.decision, one);
  return obey(said.text, one);
}

/** The answer where {@link attend} failed. */
export function failedIn(visit: Visit, office: Pick<Office, 'language'>): string {
  return replies(spokenIn(visit, office), DEFAULT_TIMEZONE).failed();
}

function spokenIn({ said }: Visit, { language }: Pick<Office, 'language'>): Language {
  return said.kind === 'text' ? languageOf(said.text) : language;
}

async function obey(text: string, one: Attending): Promise<string> {
  const { visit, say, timezone } = one;
  const context = { now: saidAt(one), timezone, needsVerb: visit.prefix === '' };
  const command = parseCommand(text, context);
  if (command.kind === 'wrong') return say.wrong({ ...command, prefix: visit.prefix });
  if (command.kind === 'help') return say.help({ prefix: visit.prefix, person: visit.person.id });
  if (Object.keys(one.here).length === 0) return say.notHere();
  switch (command.kind) {
    case 'plan':
      return planServers(command, one);
    case 'terminate':
      return terminateServers(command, one);
    case 'keep':
      return keepServers(command, one);
    case 'status':
      return statusOf(command.requestId, one);
    case 'cancel':
      return cancelRun(command, one);
  }
}

function policiesFor({ chat, channel }: Visit, { policies }: Policies): Record<string, Policy> {
  return Object.fromEntries(Object.entries(policies).filter(([, policy]) => policy.chat?.[chat] === channel));
}
