import { DEFAULT_TIMEZONE } from '../../termination/rules.ts';
import type { RunView, ServerView } from '../../termination/status/run-view.ts';
import { inGroups, isOpen } from '../../termination/status/server-groups.ts';
import type { Language } from '../../wording/language.ts';
import { buttonValue, type CardAction } from './card-button.ts';
import type { Freed } from './card-words.ts';
import { clip } from './clip.ts';
import { endingOf } from './ending.ts';
import { replies } from './replies.ts';

export interface CardView {
  language: Language;
  title: string;
  /** Where the run is. */
  state: string;
  /** What is lost besides the servers, while people may still say no; may be empty. */
  frees: string;
  /** Which run, and who asked for it. */
  details: string[];
  /** One line per server, the most important first; all of them. */
  servers: string[];
  attention: string[];
  /** What people said, oldest first. */
  signals: string[];
  /** A link to the rest; may be empty. */
  link: string;
  /** Who may decide, while somebody must. */
  approvers: string[];
  buttons: CardButton[];
  /** To keep one server for a while; none where there are too many to choose from. */
  choices: CardChoice[];
}

export interface CardChoice {
  label: string;
  /** As of a button. */
  value: string;
}

export interface CardButton {
  action: CardAction;
  label: string;
  /** Compact JSON, see `card-button.ts`. */
  value: string;
  style: 'primary' | 'danger' | undefined;
  confirm: { title: string; text: string; yes: string; no: string } | undefined;
}

export function cardView(
  card: RunView,
  language: Language,
  { timezone = DEFAULT_TIMEZONE, link = '' }: { timezone?: string; link?: string } = {},
): CardView {
  const say = replies(language, timezone);
  const { policy, account, requestId, trigger, reason } = card;
  return {
    language,
    title: say.title({ policy, account, servers: sizeOf(card) }),
    state: stateLine(card, language, timezone),
    frees: card.state === 'ended' ? '' : say.frees(freedBy(card.servers)),
    details: [
      say.askedBy({ requestedBy: card.requestedBy || card.askedBy, trigger, reason }),
      say.run({ requestId, policy, account, planHash: card.planHash }),
    ],
    servers: inGroups(card.servers).flatMap(({ servers }) =>
      servers.map((server) => say.server(server, card.updatedAt)),
    ),
    attention: card.attention.map((one) => say.attention(one)),
    signals: card.signals.map((signal) => say.signal(signal)),
    link,
    approvers: card.state === 'awaiting-approval' ? card.approvers : [],
    choices: choicesOf(card, language, timezone),
    buttons: OFFERED[card.state].map((action) => buttonOf(action, card, language, timezone)),
  };
}

/** The title and the state, where there is one line. */
export function cardLine(view: Pick<CardView, 'title' | 'state'>): string {
  return clip(`${view.title} · ${view.state}`, 300);
}

/** Of all that is open at once; one server is kept by a choice. Nothing here keeps for ever: that takes a command. */
const HOLDS: readonly CardAction[] = ['snooze-7d'];

/** The usual length first. */
const CHOSEN: readonly CardAction[] = ['snooze-7d', 'snooze-1d'];

/** More names are easier typed than looked for. */
const MOST_CHOICES = 10;

function choicesOf(card: RunView, language: Language, timezone: string): CardChoice[] {
  const open = card.servers.filter(isOpen);
  if (card.state === 'ended' || open.length > MOST_CHOICES) return [];
  const say = replies(language, timezone);
  const { requestId, planHash } = card;
  return CHOSEN.flatMap((action) =>
    open.map(({ serverName, serverInstanceNo: server }) => ({
      label: say.choice({ name: serverName || server, action }),
      value: buttonValue({ action, requestId, planHash, server }),
    })),
  );
}

/** Only buttons that count for a run in this state. */
const OFFERED: Record<RunView['state'], readonly CardAction[]> = {
  'awaiting-approval': ['approve', 'reject', ...HOLDS],
  announced: [...HOLDS, 'cancel'],
  // Stopped servers may wait there for days.
  working: [...HOLDS, 'cancel'],
  ended: [],
};

function stateLine(card: RunView, language: Language, timezone: string): string {
  const say = replies(language, timezone);
  const { approvalUntil: until, missingApprovals: missing, actsAt, servers } = card;
  switch (card.state) {
    case 'awaiting-approval':
      return say.awaitingApproval({ missing, until });
    case 'announced':
      return say.announced({ actsAt });
    case 'working':
      return say.working({ left: openIn(servers), servers: servers.filter((one) => !isAlone(one)).length });
    case 'ended':
      return say.ended(endingOf(card));
  }
}

function buttonOf(action: CardAction, card: RunView, language: Language, timezone: string): CardButton {
  const say = replies(language, timezone);
  return {
    action,
    label: say.button(action),
    value: buttonValue({ action, requestId: card.requestId, planHash: card.planHash }),
    style: action === 'approve' ? 'primary' : action === 'reject' || action === 'cancel' ? 'danger' : undefined,
    confirm:
      action === 'approve' ? say.confirm({ servers: openIn(card.servers), ...freedBy(card.servers) }) : undefined,
  };
}

/** How many servers go, or went; of a run that ended without any, how many it was about. */
function sizeOf({ state, servers }: RunView): number {
  const meant = servers.filter((one) => !isAlone(one)).length;
  return state === 'ended' && meant === 0 ? servers.length : meant;
}

function isAlone({ verdict }: ServerView): boolean {
  return verdict === 'refuse' || verdict === 'refused' || verdict === 'already-gone';
}

/** How many it is still to terminate. */
function openIn(servers: readonly ServerView[]): number {
  return servers.filter(({ verdict }) => verdict === 'terminate' || verdict === 'wait').length;
}

function freedBy(servers: readonly ServerView[]): Freed {
  const some = servers.filter((one) => !isAlone(one));
  return {
    volumes: some.flatMap((one) => one.deletes).length,
    addresses: some.flatMap((one) => one.releases).length,
  };
}
