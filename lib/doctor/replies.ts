/**
 * NCP's raw replies as a file that somebody can send: structure, names of fields, codes and lengths as they came, and stand-ins
 * for everything else. What may be seen is listed; what this file does not know is replaced.
 */

import manifest from '../../package.json' with { type: 'json' };
import type { Exchange } from '../ncloud/client.ts';
import type { StandIns } from './stand-ins.ts';

/** A long list is told by its first pages. */
const MOST_REPLIES = 200;
const MOST_CHARACTERS = 1_000_000;

/** JSON text. `savedAt` in milliseconds since the epoch. */
export function repliesFile(exchanges: readonly Exchange[], standIns: StandIns, savedAt: number): string {
  const replies = exchanges.slice(0, MOST_REPLIES).map((exchange) => replyOf(exchange, standIns));
  const document = {
    banap: manifest.version,
    savedAt: new Date(savedAt).toISOString(),
    note: 'ids, names, addresses, tags and keys are replaced by stand-ins of the same length; the same one stands for the same word',
    replies,
    leftOut: exchanges.length - replies.length,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function replyOf(
  { action, method, origin, target, body, sentAt, receivedAt, answer }: Exchange,
  standIns: StandIns,
): object {
  const { status, text, serverTime } = answer;
  return {
    action,
    request: `${method} ${SITE.test(origin) ? origin : standIns.in(origin)}${withStandIns(target, standIns, 'query')}`,
    ...(body !== undefined && { requestBody: withStandIns(body, standIns, 'json') }),
    status,
    milliseconds: receivedAt - sentAt,
    aheadOfServerSeconds: serverTime === undefined ? null : Math.round((sentAt - serverTime) / 1000),
    reply: withStandIns(text.slice(0, MOST_CHARACTERS), standIns, formOf(text)),
  };
}

/** NCP's own hosts are no secret; any other may be. */
const SITE = /^https:\/\/[a-z-]+\.apigw(?:-pub)?\.(?:gov-|fin-)?ntruss\.com$/;

type Form = 'json' | 'xml' | 'query' | 'words';

function formOf(text: string): Form {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('{')) return 'json';
  return start.startsWith('<') ? 'xml' : 'words';
}

function withStandIns(text: string, standIns: StandIns, form: Form): string {
  switch (form) {
    case 'json':
      return inJson(text, standIns);
    case 'xml':
      return inXml(text, standIns);
    case 'query':
      return inQuery(text, standIns);
    case 'words':
      return standIns.in(text, isVocabulary);
  }
}

/** A name of a field in which values stand, or the name of a list around them. */
const NAME = /^[A-Za-z][A-Za-z0-9]{0,60}$/;
const isTagged = (field: string): boolean => /tag/i.test(field);
/** Below a field of tags, where keys of tags may be names of fields. */
const TAG_FIELDS = new Set(
  ['tag', 'tagKey', 'tagValue', 'key', 'value', 'instanceTag', 'instanceNo', 'instanceType', 'code', 'codeName'], //
);

function isSeenName(name: string, around: readonly string[]): boolean {
  return NAME.test(name) && (!around.some(isTagged) || TAG_FIELDS.has(name));
}

/** Word by word, so that blanks, order and everything that breaks JSON stays as it came. */
function inJson(text: string, standIns: StandIns): string {
  const fields: string[] = [];
  let field = '';
  return text.replaceAll(
    /"((?:[^"\\]|\\[\s\S])*)"(\s*:)?|([{[])|([}\]])|([^\s{}[\]",:]+)|"/g,
    (whole: string, quoted?: string, colon?: string, opens?: string, closes?: string, bare?: string) => {
      if (opens !== undefined) return void fields.push(field), whole;
      if (closes !== undefined) return (field = fields.pop() ?? ''), whole;
      if (quoted !== undefined && colon !== undefined) {
        const isSeen = isSeenName(quoted, fields);
        field = isSeen ? quoted : 'unknown';
        return isSeen ? whole : `"${escaped(quoted, standIns, '')}"${colon}`;
      }
      if (quoted !== undefined) return `"${escaped(quoted, standIns, scopeOf(field, fields))}"`;
      if (bare !== undefined) return valueOf(bare, scopeOf(field, fields), standIns);
      return whole;
    },
  );
}

/** What is inside of tags has no field of its own that may be seen. */
function scopeOf(field: string, around: readonly string[]): string {
  return [field, ...around].some(isTagged) ? 'tag' : field;
}

function escaped(quoted: string, standIns: StandIns, field: string): string {
  try {
    const text: unknown = JSON.parse(`"${quoted}"`);
    return JSON.stringify(valueOf(String(text), field, standIns)).slice(1, -1);
  } catch {
    return valueOf(quoted, field, standIns);
  }
}

function inXml(text: string, standIns: StandIns): string {
  const around: string[] = [];
  return text.replaceAll(/<([^<>]*)>|([^<>]+)/g, (whole: string, element?: string, value?: string) => {
    if (value !== undefined) return xmlValue(value, scopeOf(around.at(-1) ?? '', around.slice(0, -1)), standIns);
    if (element === undefined || /^\?xml [^<>]*\?$/.test(element)) return whole;
    const [, slash = '', name = '', attributes = '', single = ''] = /^(\/?)([^\s/]*)(.*?)(\/?)$/s.exec(element) ?? [];
    if (slash !== '') around.pop();
    const isSeen = isSeenName(name, around);
    if (slash === '' && single === '') around.push(isSeen ? name : 'unknown');
    return `<${slash}${isSeen ? name : standIns.in(name)}${standIns.in(attributes)}${single}>`;
  });
}

/** The names of XML's own entities are nobody's. */
function xmlValue(text: string, field: string, standIns: StandIns): string {
  const [, before = '', value = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  const parts = value.split(/(&(?:amp|lt|gt|quot|apos);)/);
  return before + parts.map((part, at) => (at % 2 === 1 ? part : valueOf(part, field, standIns))).join('') + after;
}

function inQuery(target: string, standIns: StandIns): string {
  const [path = '', query] = target.split('?');
  if (query === undefined) return path;
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    const field = name.replace(/\.\d+$/, '');
    return `${name}=${encodeURIComponent(valueOf(decodeURIComponent(value), field, standIns))}`;
  });
  return `${path}?${pairs.join('&')}`;
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

/** What may be seen of a field, and in which form: a code in place of a name would be somebody's. */
const SEEN: Readonly<Record<string, RegExp>> = {
  ...each('returnCode responseCode', /^\d{1,7}$/),
  // Resource Manager's newest errors have words.
  ...each('errorCode', /^(\d{1,7}|[A-Z][A-Za-z]{1,29})$/),
  ...each('code', /^[A-Z][A-Z0-9_]{0,7}$/),
  ...each('regionCode', /^[A-Z]{2,4}$/),
  ...each('zoneCode', /^[A-Z]{2,4}-\d$/),
  ...each('productName resourceType responseFormatType', /^[A-Za-z]{2,20}$/),
  ...each('createDate uptime lastModifyDate createTime updateTime', DATE),
  ...each('totalRows itemCount page size pageIndex pageSize pageNo regionNo zoneNo', /^\d{1,7}$/),
  ...each('cpuCount memorySize blockStorageSize baseBlockStorageSize', /^\d{1,15}$/),
};

/** Words of NCP's own, of which only those that it is known to use may be seen: a message may quote a name. */
const NCPS: ReadonlySet<string> = new Set(
  (
    'returnMessage responseMessage message details detail codeName nrn regionName serverInstanceStatusName ' +
    'blockStorageInstanceStatusName publicIpInstanceStatusName'
  ).split(' '),
);

function valueOf(text: string, field: string, standIns: StandIns): string {
  if (['', 'true', 'false', 'null'].includes(text)) return text;
  if (Object.hasOwn(SEEN, field) && SEEN[field]?.test(text) === true) return text;
  return standIns.in(text, NCPS.has(field) ? isVocabulary : undefined);
}

function each(names: string, form: RegExp): Record<string, RegExp> {
  return Object.fromEntries(names.split(' ').map((name) => [name, form]));
}

/** Of NCP's documented messages, status names and NRNs, and of the pages of gateways. */
const VOCABULARY = new Set(
  (
    'a attaching attached bit booting changing den detaching disusing german germany hdd hk hongkong initialized japan jpn kvm lf ' +
    'linux local lsw nrn nstop optimizing repairing run sgn singapore ssd state us used using uswn west windows xen ' +
    'additional after already an and api are at authentication bad be been being block body boot busy by call cannot ' +
    'center check classic client close code connection contract controlled could create created creating deleted denied ' +
    'detach detached error exceeded exception expired failed field find for forbidden found gateway gov h1 h2 has head html ' +
    'id in information init input instance internal invalid ip is it key kr kor korea limit limited location manager many ' +
    'message method missing ncloud ncp network not null of on op or out p parameter path permission please policy pub public quota ' +
    'rate region request required resource resources response restart role running server service set setting status stop stopped ' +
    'storage strong subaccount such success temporarily terminate terminated terminating the this throttle timeout timestamp title to too ' +
    'try type unexpected unknown url use value volume vpc vpcserver wrong xml zone'
  ).split(' '),
);

function isVocabulary(word: string): boolean {
  return VOCABULARY.has(word.toLowerCase());
}
