/** The body was not a reply: not XML or JSON, malformed, cut off, too deep, too large, or not what the action answers. */
export class UnreadableReply extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableReply';
  }
}
