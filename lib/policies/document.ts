/** The YAML of a policies file: its value, the place of each part, and its problems as YAML. */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { oneLine } from '../termination/one-line.ts';
import { withoutLost } from '../text/utf8.ts';

interface Place {
  /** From 1. */
  line: number;
  column: number;
}

export interface YamlDocument {
  value: unknown;
  problems: (Place & { message: string })[];
  /**
   * The place of the value at this path, or of its key; for a missing path, the nearest existing one. Aliases and merge
   * keys are followed to where the text is.
   */
  placeOf(path: readonly PropertyKey[], atKey: boolean): Place;
}

/** `logLevel`: warnings become problems and are not printed. */
const OPTIONS = { prettyErrors: false, merge: true, version: '1.2', logLevel: 'error' } as const;

const MOST_BYTES = 1024 * 1024;
/** Ten levels of ten aliases each make ten thousand million values from a file of 300 bytes. */
const MOST_ALIASES = 100;

export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const nowhere = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > MOST_BYTES) {
    const message = `the file is larger than ${MOST_BYTES} bytes; expected a few kilobytes of policies`;
    return { value: undefined, problems: [{ ...nowhere, message }], placeOf: () => nowhere };
  }
  const doc = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const problems = [...doc.errors, ...doc.warnings].map((error) => ({
    ...place(error.pos[0]),
    message: inWords(error),
  }));
  const strange = strangeNodes(doc).map(({ node, message }) => ({ ...place(node.range?.[0] ?? 0), message }));
  const isReadable = strange.length === 0 && doc.errors.every(({ code }) => READABLE.has(code));
  const expanded = isReadable ? valueOf(doc) : { value: undefined, problem: '' };
  const bomb = expanded.problem === '' ? [] : [{ ...nowhere, message: expanded.problem }];
  return {
    value: expanded.value,
    problems: [...problems, ...strange, ...bomb],
    placeOf: (path, atKey) => place(offsetOf(doc, path, atKey)),
  };
}

function valueOf(doc: Document.Parsed): { value: unknown; problem: string } {
  try {
    return { value: doc.toJS({ maxAliasCount: MOST_ALIASES }), problem: '' };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { value: undefined, problem: `the aliases cannot be resolved: ${oneLine(said)}` };
  }
}

/**
 * `__proto__` is dropped on the way through JavaScript: a tag of that name would be no criterion at all. A lost character may
 * be written as an escape, too.
 */
function strangeNodes(doc: Document.Parsed): { node: Node; message: string }[] {
  const found: { node: Node; message: string }[] = [];
  visit(doc, {
    Pair: (_at, { key }) => {
      if (isScalar(key) && key.value === '__proto__') found.push({ node: key, message: 'unknown key __proto__' });
      if (isMap(key) || isSeq(key)) found.push({ node: key, message: 'a key is a list or a map; expected text' });
    },
    Scalar: (_at, node) => {
      const read = withoutLost(typeof node.value === 'string' ? node.value : '');
      if (!read.ok) found.push({ node, message: read.problem });
    },
    Alias: (_at, node) => {
      if (node.resolve(doc) !== undefined) return;
      found.push({ node, message: `there is no anchor &${node.source} before this alias; expected one` });
    },
  });
  return found;
}

const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'this key occurs twice; keep one of them',
  TAB_AS_INDENT: 'a tab; indent with spaces',
  MULTIPLE_DOCS: 'a second document begins here; expected one, without ---',
  TAG_RESOLVE_FAILED: 'unknown YAML tag; expected none',
};

/** Other problems can be found in spite of these. */
const READABLE = new Set<string>(['DUPLICATE_KEY', 'MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED']);

function inWords({ code, message }: YAMLError): string {
  return ADVICE[code] ?? `not YAML: ${oneLine(message)}`;
}

function offsetOf(doc: Document.Parsed, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = doc.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [index, step] of path.entries()) {
    const pair = childOf(doc, node, step);
    if (pair === undefined) break;
    const key = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    const value = isNode(pair.value) ? pair.value.range?.[0] : undefined;
    // A map begins at its first key, so a missing key is better shown at the key that the map belongs to.
    const isBlock = isMap(pair.value) || isSeq(pair.value);
    const isLast = index === path.length - 1;
    offset = (isBlock || atKey || !isLast ? key : value) ?? value ?? key ?? offset;
    node = pair.value;
  }
  return offset;
}

/** A pair of a map, or an item of a list as a pair without a key. */
function childOf(doc: Document.Parsed, node: unknown, step: PropertyKey): { key: unknown; value: unknown } | undefined {
  const target = isAlias(node) ? node.resolve(doc) : node;
  if (isSeq(target)) {
    const value = target.items[Number(step)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(target)) return undefined;
  const pairs: Pair[] = target.items.filter(isPair);
  const own = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return own ?? mergedInto(pairs).flatMap((source) => childOf(doc, source, step) ?? [])[0];
}

function mergedInto(pairs: readonly Pair[]): unknown[] {
  const merges = pairs.filter(({ key }) => isScalar(key) && key.source === '<<');
  return merges.flatMap(({ value }) => (isSeq(value) ? value.items : [value]));
}
