/** What somebody wrote, for a message: on one line, in quotation marks, cut after 40 characters (code points). */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

/** Cut after 40 characters (code points). */
export function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : text;
}
