/**
 * Ctrl-C and SIGTERM. The first ends the run: the call in flight is cut off, its outcome is reported as unknown, and
 * NCP finishes what it has accepted. The second ends the process at once.
 */
export function interruption(stderr: NodeJS.WritableStream): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    stderr.write('\nending: nothing more is asked of NCP, except to put back protection; again to end at once\n');
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    forget: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/**
 * Ctrl-C and SIGTERM end this process and all its stand-ins with exit code 0; there is nothing to finish.
 *
 * They may come twice, from the terminal and from npm. This calls `process.exit`, because a process that ends by itself
 * removes its handlers first, and a signal that arrives then kills it with another exit code.
 */
export function endOnSignal(): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    process.stderr.write('\nended\n', () => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
