import { afterAll, describe, expect, it } from 'vitest';
import { ACTS } from './acts.ts';
import { IN_ONE_PROCESS } from './engines.ts';
import { enumerate, Tally } from './enumeration.ts';
import { FAULTS, PLAIN } from './faults.ts';
import { live } from './life.ts';
import { isAccepted, isFreeing, tooSoon } from './oracle.ts';
import { SCENES } from './stage.ts';

const whole = new Tally();
afterAll(() => console.log(`${whole.toString()}. All of them: npm run -s boundaries`));

/** A test each, so that none takes long on a busy machine. */
const PARTS = [0, 1];
const CASES = SCENES.flatMap((scene) => FAULTS.flatMap((fault) => PARTS.map((part) => ({ scene, fault, part }))));

describe('while a person does one thing between two calls', () => {
  it.each(CASES)(
    'nothing of theirs is touched, and the rest is gone: $scene.name, $fault.name ($part)',
    async ({ scene, fault, part }) => {
      const tally = new Tally();
      const acts = ACTS.filter((_, place) => place % PARTS.length === part);
      await enumerate(scene, fault, tally, { acts, sample: 'some' });
      whole.include(tally);
      expect(tally.found()).toEqual([]);
    },
  );

  it('each act could be done somewhere, so that there was something to react to', () => {
    expect([...whole.done].toSorted()).toEqual(ACTS.map(({ name }) => name).toSorted());
    expect(whole.idle).toBeLessThan(whole.runs / 3);
  });
});

describe('volumes and addresses', () => {
  it.each(SCENES)('are freed only when their server has been gone for ten seconds: $name', async (scene) => {
    const lived = await live({ scene, fault: PLAIN, engine: IN_ONE_PROCESS, deeds: [], lateSeconds: 0 });
    const freed = lived.journal.filter((entry) => isAccepted(entry) && isFreeing(entry));
    expect(freed.length).toBeGreaterThan(0);
    expect(tooSoon(lived)).toEqual([]);
  });
});
