/** Formats by name; `formats.ts` has what each is. Apart, because functions that start fast know only the names. */

/** Of chats' incoming webhooks, whose address alone is the key. */
export const CHAT_FORMATS = ['slack', 'teams', 'jandi', 'discord'] as const;

export const FORMAT_NAMES = ['standard', ...CHAT_FORMATS] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];
