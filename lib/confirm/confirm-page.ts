import { zonedAndUtc } from '../calendar/shown.ts';
import { cardView } from '../chat/core/card.ts';
import { replies } from '../chat/core/replies.ts';
import type { RunView } from '../termination/status/run-view.ts';
import { CONFIRM_NOTES, type ConfirmNote } from './confirm-notes.ts';
import { escaped, listOf, STYLE } from './confirm-parts.ts';
import { CONFIRM_WORDS, type ConfirmLanguage } from './confirm-words.ts';

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
  /** IANA zone in which times are shown, besides UTC. */
  timezone: string;
}

/**
 * The whole page. Everything from outside is escaped, and each piece of it is one line. The decision comes first,
 * then the buttons, in reach however many servers there are; details that are not needed for the decision come last.
 */
export function confirmPage(page: ConfirmPage): string {
  const { language, card, decisions } = page;
  const title = titleOf(page);
  const body = [
    `<h1>${escaped(title)}</h1>`,
    noteOf(page),
    decisions.includes('approve') ? `<p>${escaped(CONFIRM_WORDS[language].asked)}</p>` : '',
    card === undefined ? '' : factsOf(card, page),
    card === undefined ? '' : listsOf(card, ['meant'], page),
    formFor(page),
    card === undefined ? '' : listsOf(card, ['failed', 'gone', 'alone', 'before'], page),
    card === undefined ? '' : namesOf(card, language),
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

function factsOf(card: RunView, { language, timezone }: ConfirmPage): string {
  const words = CONFIRM_WORDS[language];
  const { state, frees } = cardView(card, language, { timezone });
  return factList([
    [words.policy, card.policy],
    [words.requestedBy, card.requestedBy],
    [words.reason, card.reason],
    // Until the end two words and a time are enough; the reader need not know who else is asked.
    [words.state, card.state === 'ended' ? state : words.states[card.state]],
    [words.until, timeIn(card.approvalUntil, timezone)],
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

type Group = keyof (typeof CONFIRM_WORDS)['en']['groups'];

const VERDICTS: Readonly<Record<Group, readonly string[]>> = {
  failed: ['failed', 'unfinished'],
  meant: ['terminate', 'wait'],
  gone: ['terminated'],
  alone: ['refuse', 'refused'],
  before: ['already-gone'],
};

/** Each server in the words that the chats have for it. */
function listsOf({ servers }: RunView, groups: readonly Group[], { language, timezone }: ConfirmPage): string {
  const say = replies(language, timezone);
  const lists = groups.map((group) => {
    const some = servers.filter(({ verdict }) => VERDICTS[group].includes(verdict));
    const lines = some.map((server) => say.server(server));
    return listOf(CONFIRM_WORDS[language].groups[group], lines);
  });
  return lists.filter((list) => list !== '').join('\n');
}

/**
 * One form, so that either button sends the reason. It has no action, so it posts to the page's own address, and a
 * rejection to the path below. Enter in the reason presses the first button, which does nothing, so that nobody approves
 * by accident.
 */
function formFor({ token, decisions, language }: ConfirmPage): string {
  if (decisions.length === 0) return '';
  const words = CONFIRM_WORDS[language];
  const paths = { approve: '', reject: ` formaction="${encodeURIComponent(token)}/reject"` };
  const buttons = decisions.map(
    (decision) =>
      `<button class="${decision}" name="decision" value="${decision}"${paths[decision]}>${escaped(words[decision])}</button>`,
  );
  return [
    '<form method="post"><button disabled hidden></button>',
    decisions.includes('approve') ? `<p>${escaped(words.once)}</p>` : '',
    `<label>${escaped(words.yourReason)}<input name="reason" maxlength="500" autocomplete="off"></label>`,
    `<div>${buttons.join('')}</div></form>`,
  ].join('');
}

function timeIn(instant: string, timezone: string): string {
  return instant === '' ? '' : zonedAndUtc(Date.parse(instant), timezone);
}
