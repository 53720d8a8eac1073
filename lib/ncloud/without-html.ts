/** NCP's gateway writes HTML into its messages: `<strong>`, `<br>`. Reports and chats show them as plain text. */
export function withoutHtml(text: string): string {
  return text
    .replaceAll(TAG, ' ')
    .replaceAll(ENTITY, (_whole, name: string) => ENTITIES[name.toLowerCase()] ?? ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const TAG = /<\/?[a-z][a-z0-9]*(?:\s[^<>]*)?\/?>/gi;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'", nbsp: ' ' };
const ENTITY = /&(lt|gt|amp|quot|nbsp|#39);/gi;
