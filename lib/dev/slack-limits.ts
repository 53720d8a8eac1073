/**
 * What Slack's Web API refuses of blocks: the limits of https://docs.slack.dev/reference/block-kit, for the kinds that are
 * used here; any other kind is refused. Returns what is wrong, in Slack's way of pointing at it.
 */
export function blockProblems(blocks: unknown): string[] {
  if (!Array.isArray(blocks)) return ['[ERROR] must be an array [json-pointer:/blocks]'];
  const problems = new Problems();
  problems.atMost(blocks.length, 50, 'items', '/blocks');
  for (const [index, block] of blocks.entries()) checkBlock(record(block), `/blocks/${index}`, problems);
  problems.unique(idsIn(blocks, 'block_id'), '/blocks', 'block_id');
  return problems.found;
}

/** Not documented: about 13,200 characters of all blocks as JSON. https://github.com/slackapi/bolt-js/issues/2509 */
export const MAX_MESSAGE_CHARACTERS = 13_200;

class Problems {
  readonly found: string[] = [];

  add(what: string, at: string): void {
    this.found.push(`[ERROR] ${what} [json-pointer:${at}]`);
  }

  atMost(count: number, most: number, of: string, at: string): void {
    if (count > most) this.add(`no more than ${most} ${of} allowed`, at);
  }

  unique(ids: string[], at: string, of: string): void {
    if (new Set(ids).size !== ids.length) this.add(`${of} must be unique`, at);
  }

  /** A text of Slack's: `plain_text` or `mrkdwn`, where there is a choice. */
  text(value: unknown, at: string, most: number, types: readonly string[]): void {
    const { type, text } = record(value);
    if (!types.includes(String(type))) this.add(`text must be ${types.join(' or ')}`, `${at}/type`);
    this.string(text, `${at}/text`, most);
  }

  string(value: unknown, at: string, most: number): void {
    if (typeof value !== 'string') return this.add('must be a string', at);
    if (value.length < 1) this.add('must be more than 0 characters', at);
    if (value.length > most) this.add(`must be less than ${most + 1} characters`, at);
  }
}

const PLAIN = ['plain_text'];
const ANY = ['plain_text', 'mrkdwn'];

type Check = (block: Record<string, unknown>, at: string, problems: Problems) => void;

const BLOCKS: Readonly<Record<string, Check>> = {
  divider: () => {},
  header: ({ text }, at, problems) => problems.text(text, `${at}/text`, 150, PLAIN),
  section(block, at, problems) {
    if (block['text'] === undefined && block['fields'] === undefined) problems.add('must have text or fields', at);
    if (block['text'] !== undefined) problems.text(block['text'], `${at}/text`, 3000, ANY);
    const fields = list(block['fields']);
    problems.atMost(fields.length, 10, 'items', `${at}/fields`);
    for (const [index, field] of fields.entries()) problems.text(field, `${at}/fields/${index}`, 2000, ANY);
    if (block['accessory'] !== undefined) checkElement(record(block['accessory']), `${at}/accessory`, problems);
  },
  context({ elements }, at, problems) {
    problems.atMost(list(elements).length, 10, 'items', `${at}/elements`);
    if (list(elements).length === 0) problems.add('must have elements', at);
    for (const [index, each] of list(elements).entries()) problems.text(each, `${at}/elements/${index}`, 2000, ANY);
  },
  actions({ elements }, at, problems) {
    problems.atMost(list(elements).length, 25, 'items', `${at}/elements`);
    if (list(elements).length === 0) problems.add('must have elements', at);
    for (const [index, each] of list(elements).entries()) {
      checkElement(record(each), `${at}/elements/${index}`, problems);
    }
    problems.unique(idsIn(list(elements), 'action_id'), `${at}/elements`, 'action_id');
  },
};

function checkBlock(block: Record<string, unknown>, at: string, problems: Problems): void {
  const check = BLOCKS[String(block['type'])];
  if (block['block_id'] !== undefined) problems.string(block['block_id'], `${at}/block_id`, 255);
  if (check === undefined) return problems.add('unsupported block', `${at}/type`);
  check(block, at, problems);
}

function checkElement(element: Record<string, unknown>, at: string, problems: Problems): void {
  const { type, action_id: actionId, confirm } = element;
  if (actionId !== undefined) problems.string(actionId, `${at}/action_id`, 255);
  if (confirm !== undefined) checkConfirm(record(confirm), `${at}/confirm`, problems);
  if (type === 'button') return checkButton(element, at, problems);
  if (type !== 'overflow' && type !== 'static_select') return problems.add('unsupported element', `${at}/type`);
  const options = list(element['options']);
  problems.atMost(options.length, type === 'overflow' ? 5 : 100, 'items', `${at}/options`);
  if (options.length === 0) problems.add('must have options', at);
  for (const [index, option] of options.entries()) {
    problems.text(record(option)['text'], `${at}/options/${index}/text`, 75, PLAIN);
    problems.string(record(option)['value'], `${at}/options/${index}/value`, 150);
  }
}

function checkButton({ text, value, url, style }: Record<string, unknown>, at: string, problems: Problems): void {
  problems.text(text, `${at}/text`, 75, PLAIN);
  if (value !== undefined) problems.string(value, `${at}/value`, 2000);
  if (url !== undefined) problems.string(url, `${at}/url`, 3000);
  if (style !== undefined && style !== 'primary' && style !== 'danger') problems.add('unknown style', `${at}/style`);
}

function checkConfirm(confirm: Record<string, unknown>, at: string, problems: Problems): void {
  problems.text(confirm['title'], `${at}/title`, 100, PLAIN);
  problems.text(confirm['text'], `${at}/text`, 300, ANY);
  problems.text(confirm['confirm'], `${at}/confirm`, 30, PLAIN);
  problems.text(confirm['deny'], `${at}/deny`, 30, PLAIN);
}

function idsIn(items: unknown[], name: string): string[] {
  return items.map((item) => record(item)[name]).filter((id) => typeof id === 'string');
}

/** What is no object has no fields. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
