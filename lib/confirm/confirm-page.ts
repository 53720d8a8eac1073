import { inZone, zonedAndUtc } from '../calendar/shown.ts';
import { cardView } from '../chat/core/card.ts';
import type { ServerParts } from '../chat/core/card-words.ts';
import { replies } from '../chat/core/replies.ts';
import type { RunView, ServerView } from '../termination/status/run-view.ts';
import { inGroups, isOpen, type ServerGroup } from '../termination/status/server-groups.ts';
import { CONFIRM_NOTES, type ConfirmNote } from './confirm-notes.ts';
import { escaped, listOf, SCRIPT, STYLE } from './confirm-parts.ts';
import { CONFIRM_WORDS, type ConfirmLanguage } from './confirm-words.ts';
import { timeline } from './timeline.ts';

export interface ConfirmPage {
  /** The token of the link. */
  token: string;
  language: ConfirmLanguage;
  /** Undefined: the page shows nothing of the run. */
  card?: RunView | undefined;
  /** What happened, and the time of the signal (RFC 3339; empty if there was none). */
  note?: { kind: ConfirmNote; at: string } | undefined;
  /** Which buttons there are. */
  decisions: readonly ('approve' | 'reject')[];
  /** As whom the holder of the link decides; undefined or empty: as nobody. */
  person?: string | undefined;
  /** IANA zone in which times are shown, besides UTC. */
  timezone: string;
}

/**
 * The whole page. Everything from outside is escaped, and each piece of it is one line. The decision comes first: what is
 * asked, until when and as whom, then every server with what is lost in red, what others said, and the buttons; details that are
 * not needed for the decision come last.
 */
export function confirmPage(page: ConfirmPage): string {
  const { language, card, decisions } = page;
  const title = titleOf(page);
  const body = [
    `<h1>${escaped(title)}</h1>`,
    noteOf(page),
    decisions.includes('approve') ? `<p>${escaped(CONFIRM_WORDS[language].asked)}</p>` : '',
    ...(card === undefined
      ? []
      : [
          factsOf(card, page),
          searchFor(card, language),
          listsOf(card, ['failed', 'meant'], page),
          saidOf(card, page),
          formFor(page),
          timelineOf(card, page),
          listsOf(card, ['gone', 'kept', 'barred', 'before'], page),
          namesOf(card, language),
        ]),
    hasSearch(card) ? `<script>${SCRIPT}</script>` : '',
  ];
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>banap: ${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body><main>${body.filter((part) => part !== '').join('\n')}</main></body></html>`,
    '',
  ].join('\n');
}

/** More servers than one sees at a glance. */
const MOST_AT_A_GLANCE = 20;

export function hasSearch(card: RunView | undefined): boolean {
  return card !== undefined && card.servers.length > MOST_AT_A_GLANCE;
}

/** Hidden until the script is there that makes it work. */
function searchFor(card: RunView, language: ConfirmLanguage): string {
  const { search } = CONFIRM_WORDS[language];
  return hasSearch(card)
    ? `<p hidden><label>${escaped(search)}<input type="search" autocomplete="off"></label></p>`
    : '';
}

/** What happened comes before the question. */
function titleOf({ language, note, decisions }: ConfirmPage): string {
  const { title, runTitle } = CONFIRM_WORDS[language];
  if (note !== undefined) return CONFIRM_NOTES[language][note.kind].title;
  return decisions.includes('approve') ? title : runTitle;
}

function noteOf({ language, note, timezone }: ConfirmPage): string {
  if (note === undefined) return '';
  const text = CONFIRM_NOTES[language][note.kind].text.replace('%', () => timeIn(note.at, timezone));
  return `<p class="note" role="status">${escaped(text)}</p>`;
}

/** The run may not have heard yet what was just decided: then its state says nothing. */
function isStale({ note }: ConfirmPage, { state }: RunView): boolean {
  return state === 'awaiting-approval' && note !== undefined && note.at !== '';
}

/** `naver-works …9cbe5e`: enough to know oneself by; the whole id says nothing to whom it names. */
function shortId(id: string): string {
  const [, chat = '', who = ''] = /^([^:]*):(.*)$/.exec(id) ?? [];
  return who === '' ? id : `${chat} ${who.length > 12 ? `…${who.slice(-6)}` : who}`;
}

function factsOf(card: RunView, page: ConfirmPage): string {
  const { language, timezone, person = '' } = page;
  const words = CONFIRM_WORDS[language];
  const { state, frees } = cardView(card, language, { timezone });
  const isOld = isStale(page, card);
  return factList([
    [words.until, isOld ? '' : timeIn(card.approvalUntil, timezone)],
    [words.decideAs, shortId(person)],
    [words.policy, card.policy],
    [words.requestedBy, card.requestedBy],
    [words.reason, card.reason],
    // Until the end two words and a time are enough; the reader need not know who else is asked.
    [words.state, isOld ? '' : card.state === 'ended' ? state : words.states[card.state]],
    [words.actsAt, timeIn(card.actsAt, timezone)],
    [words.frees, frees],
  ]);
}

/** Identifies the run elsewhere. */
function namesOf({ requestId, planHash }: RunView, language: ConfirmLanguage): string {
  const { run, plan } = CONFIRM_WORDS[language];
  return factList([
    [run, requestId],
    [plan, planHash],
  ]);
}

function factList(rows: readonly (readonly [name: string, value: string])[]): string {
  const facts = rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
  return `<dl>${facts.join('')}</dl>`;
}

/** Each server in the words that the chats have for it: its name large, what is lost in red. */
function listsOf({ servers, updatedAt }: RunView, groups: readonly ServerGroup[], page: ConfirmPage): string {
  const say = replies(page.language, page.timezone);
  const lists = inGroups(servers)
    .filter(({ group }) => groups.includes(group))
    .map(({ group, servers: some }) => {
      const items = some.map((server) => itemOf(server, say.serverParts(server, updatedAt)));
      return listOf(CONFIRM_WORDS[page.language].groups[group], items);
    });
  return lists.join('\n');
}

function line(kind: string, text: string): string {
  return text === '' ? '' : `<span${kind}>${escaped(text)}</span>`;
}

function itemOf({ serverName, serverInstanceNo }: ServerView, { facts, loses, rest }: ServerParts): string {
  return [
    `<strong>${escaped(serverName || serverInstanceNo)}</strong>`,
    serverName === '' ? '' : ` <small>${escaped(serverInstanceNo)}</small>`,
    line(' class="small"', facts),
    ...loses.map((lost) => line(' class="lost"', lost)),
    line('', rest),
  ].join('');
}

/** What others said, and how many have yet to agree. */
function saidOf(card: RunView, page: ConfirmPage): string {
  const { signals, state, missingApprovals } = card;
  const { language, timezone } = page;
  const words = CONFIRM_WORDS[language];
  const say = replies(language, timezone);
  const isWaiting = state === 'awaiting-approval' && missingApprovals > 0 && !isStale(page, card);
  const lines = signals.map((signal) => `<p>${escaped(say.signal(signal))}</p>`);
  if (lines.length === 0) return isWaiting ? `<p>${escaped(words.missing(missingApprovals))}</p>` : '';
  return [
    `<section><h2>${escaped(words.signals)}</h2>`,
    ...lines,
    isWaiting ? `<p>${escaped(words.missing(missingApprovals))}</p>` : '',
    '</section>',
  ].join('');
}

function timelineOf({ servers }: RunView, { language, timezone }: ConfirmPage): string {
  const { timeline: title } = CONFIRM_WORDS[language];
  const drawn = timeline(servers, title, (at) => inZone(Date.parse(at), timezone).slice(5));
  return drawn === '' ? '' : `<section><h2>${escaped(title)}</h2>${drawn}</section>`;
}

/**
 * One form, so that either button sends the reason. It has no action, so it posts to the page's own address, and a
 * rejection to the path below. Enter in the reason presses the first button, which does nothing, so that nobody approves
 * by accident. To approve takes a second step, which says again how many go and what is lost.
 */
function formFor({ token, decisions, language, card, timezone }: ConfirmPage): string {
  if (decisions.length === 0 || card === undefined) return '';
  const words = CONFIRM_WORDS[language];
  const asked = cardView(card, language, { timezone }).buttons.find(({ action }) => action === 'approve')?.confirm;
  const meant = card.servers.filter(isOpen).length;
  const approve = [
    `<details><summary>${escaped(words.approveNext(meant))}</summary>`,
    asked === undefined ? '' : `<p><strong>${escaped(asked.title)}</strong></p><p>${escaped(asked.text)}</p>`,
    `${button('approve', words.approve)}</details>`,
  ].join('');
  return [
    '<form method="post"><button disabled hidden></button>',
    decisions.includes('approve') ? `<p>${escaped(words.once)}</p>` : '',
    `<p><label>${escaped(words.yourReason)}<input name="reason" maxlength="500" autocomplete="off"></label></p>`,
    decisions.includes('approve') ? approve : '',
    decisions.includes('reject')
      ? button('reject', words.reject, ` formaction="${encodeURIComponent(token)}/reject"`)
      : '',
    '</form>',
  ].join('');
}

function button(decision: 'approve' | 'reject', label: string, path = ''): string {
  return `<button class="${decision}" name="decision" value="${decision}"${path}>${escaped(label)}</button>`;
}

function timeIn(instant: string, timezone: string): string {
  return instant === '' ? '' : zonedAndUtc(Date.parse(instant), timezone);
}
