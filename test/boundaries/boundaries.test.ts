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

const CASES = SCENES.flatMap((scene) => FAULTS.map((fault) => ({ scene, fault })));

describe('while a person does one thing between two calls', () => {
  it.each(CASES)(
    'nothing of theirs is touched, and the rest is gone: $scene.name, $fault.name',
    async ({ scene, fault }) => {
      const tally = new Tally();
      await enumerate(scene, fault, tally, { sample: 'some' });
      whole.include(tally);
      expect(tally.found()).toEqual([]);
    },
  );

  it('each thing could be done somewhere, so that there was something to heed', () => {
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
