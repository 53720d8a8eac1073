import { describe, expect, it } from 'vitest';
import { jsonProblem } from '../../lib/simulator/json-problem.ts';

describe('jsonProblem', () => {
  const wrong: [text: string, says: string][] = [
    ['', 'the text ends too early at line 1, column 1'],
    ['{"a": [1, 2', 'the text ends too early at line 1, column 12'],
    ['{"a": 1,\n}', 'unexpected } at line 2, column 1'],
    ['{"a": 1}\nx', 'unexpected x at line 2, column 1'],
    ['[1 2]', 'unexpected 2 at line 1, column 4'],
    ["{'a': 1}", "unexpected ' at line 1, column 2"],
    ['[tru]', 'unexpected t at line 1, column 2'],
    ['["a\nb"]', 'unexpected " at line 1, column 2'],
    ['[01]', 'unexpected 1 at line 1, column 3'],
  ];
  for (const [text, says] of wrong) {
    it(`says "${says}" of ${JSON.stringify(text)}`, () => {
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(jsonProblem(text)).toBe(says);
    });
  }

  it('reads to the end of what is JSON', () => {
    const text = ' {"a":[-1.5e+3,true,null,{}],"서버":"\\u00e9\\n😀","b":[]} ';
    expect(JSON.parse(text)).toBeTruthy();
    expect(jsonProblem(text)).toBe(`the text ends too early at line 1, column ${text.length + 1}`);
  });
});
