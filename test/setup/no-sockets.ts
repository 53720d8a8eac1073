/** Unit tests open no sockets and start no processes, which is why they take seconds. */

import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';

function refuse(what: string): () => never {
  return () => {
    throw new Error(`a unit test ${what}; list its file under integration or slow in vitest.config.ts`);
  };
}

Server.prototype.listen = refuse('listens on a socket');
Socket.prototype.connect = refuse('opens a socket');
Object.assign(ChildProcess.prototype, { spawn: refuse('starts a process') });
