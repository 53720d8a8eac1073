/** Ctrl-C and SIGTERM end this process with 0, and with it all that it stands in for; there is nothing to finish. */
export function endOnSignal(): void {
  process.on('SIGINT', end); // may come twice: from the terminal, and from npm
  process.on('SIGTERM', end);
}

function end(): void {
  process.stderr.write('\nended\n', () => process.exit(0));
}
