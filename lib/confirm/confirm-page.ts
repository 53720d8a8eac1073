import { createHash } from 'node:crypto';
import { zonedAndUtc } from '../calendar/zoned.ts';
import { oneLine } from '../termination/one-line.ts';
import type { CardServer, RunCard } from '../termination/run-card.ts';
import { CONFIRM_WORDS, type ConfirmLanguage, type ConfirmNote } from './confirm-words.ts';

export interface ConfirmPage {
  language: ConfirmLanguage;
  /** Undefined: nothing of the run is shown. */
  card?: RunCard | undefined;
  /** Who decides: channel and id; empty where nobody does. */
  person?: string;
  note?: ConfirmNote;
  /** Which buttons there are. */
  decisions: readonly ('approve' | 'reject')[];
  /** IANA zone in which times are shown, besides UTC. */
  timezone: string;
}

/** The whole page. Everything from outside is escaped, and each piece of it is one line. */
export function confirmPage({ language, card, person = '', note, decisions, timezone }: ConfirmPage): string {
  const words = CONFIRM_WORDS[language];
  const title = decisions.includes('approve') ? words.title : words.runTitle;
  const body = [
    `<h1>${escaped(title)}</h1>`,
    note === undefined ? '' : `<p class="note" role="status">${escaped(words.notes[note])}</p>`,
    decisions.includes('approve') ? `<p>${escaped(words.asked.replace('%', () => person))}</p>` : '',
    card === undefined ? '' : planOf(card, language, timezone),
    decisions.includes('approve') ? `<p>${escaped(words.once)}</p>` : '',
    ...decisions.map((decision) => formFor(decision, language)),
  ];
  return [
    '<!doctype html>',
    `<html lang="${language}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>banap: ${escaped(title)}</title><style>${STYLE}</style></head>`,
    `<body><main>${body.join('\n')}</main></body></html>`,
    '',
  ].join('\n');
}

const STYLE = [
  'body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1rem;color:#1a1a1a;background:#fff}',
  'main{max-width:40rem;margin:auto}h1{font-size:1.3rem}dt{color:#555}dd{margin:0 0 .5rem}',
  'dd,li{overflow-wrap:anywhere}.note{padding:.75rem;border-left:4px solid #555;background:#f2f2f2}',
  'form{margin:1rem 0}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.75rem;margin:.25rem 0}',
  'button{border:0;border-radius:.4rem;color:#fff}.approve{background:#a11}.reject{background:#444}',
].join('');

/** For the Content-Security-Policy: this style and no other. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

function planOf(card: RunCard, language: ConfirmLanguage, timezone: string): string {
  const words = CONFIRM_WORDS[language];
  const rows: [string, string][] = [
    [words.policy, card.policy],
    [words.requestedBy, card.requestedBy],
    [words.reason, card.reason],
    [words.run, card.requestId],
    [words.plan, card.planHash],
    [words.state, `${words.states[card.state]} · ${card.summary}`],
    [words.until, timeIn(card.approvalUntil, timezone)],
    [words.actsAt, timeIn(card.actsAt, timezone)],
  ];
  const facts = rows
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `<dt>${escaped(key)}</dt><dd>${escaped(value)}</dd>`);
  return [
    `<dl>${facts.join('')}</dl>`,
    ...Object.entries(words.groups).map(([group, { title, verdicts }]) =>
      listOf(
        title,
        card.servers.filter(({ verdict }) => verdicts.includes(verdict)),
        group,
      ),
    ),
  ].join('\n');
}

function listOf(title: string, servers: readonly CardServer[], group: string): string {
  if (servers.length === 0) return '';
  const lines = servers.map(({ serverName, serverInstanceNo, statusName, reason }) => {
    const why = reason === '' ? '' : ` — ${escaped(reason)}`;
    return `<li><b>${escaped(serverName)}</b> (${escaped(serverInstanceNo)}, ${escaped(statusName)})${why}</li>`;
  });
  return `<section class="${group}"><h2>${escaped(title)}: ${servers.length}</h2><ul>${lines.join('')}</ul></section>`;
}

/** Without an action: it goes where the page came from. */
function formFor(decision: 'approve' | 'reject', language: ConfirmLanguage): string {
  const words = CONFIRM_WORDS[language];
  return [
    `<form method="post"><input type="hidden" name="decision" value="${decision}">`,
    `<label>${escaped(words.yourReason)}<input name="reason" maxlength="500" autocomplete="off"></label>`,
    `<button class="${decision}">${escaped(words[decision])}</button></form>`,
  ].join('');
}

function timeIn(instant: string, timezone: string): string {
  return instant === '' ? '' : zonedAndUtc(Date.parse(instant), timezone);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '');
}
