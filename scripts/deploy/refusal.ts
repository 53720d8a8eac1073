/** Something has to be done first. Each problem is one sentence that says what is wrong and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
