/** How much room text takes on a terminal: Korean letters take two columns. */
export function width(text: string): number {
  return letters(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** As much of the text as fits. */
export function clip(text: string, columns: number): string {
  let room = columns;
  const kept = letters(text).filter((letter) => (room -= widthOf(letter)) >= 0);
  return kept.join('');
}

function letters(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

function widthOf(letter: string): number {
  return WIDE.test(letter) ? 2 : 1;
}

const WIDE = /^(?:[\u1100-\u11ff\u3000-\u9fff\uac00-\ud7af\uff00-\uff60]|\p{Emoji_Presentation})/u;
