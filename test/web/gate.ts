/**
 * A gate between the browser and the program, which a test can shut.
 * Passes on all that comes, requests and WebSockets alike; when it is shut, every connection is gone and none is made.
 * Does not look at what passes.
 * Always: a shut gate looks like a network that is gone.
 * Before: test/web/stage.ts.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export class Gate {
  readonly #sockets = new Set<Socket>();
  #isShut = false;
  #close: () => void = () => undefined;

  /** Stands before this address. @returns the address of the gate */
  async before(url: string): Promise<string> {
    const { port, hostname } = new URL(url);
    const server = createServer((socket) => {
      if (this.#isShut) {
        socket.destroy();
        return;
      }
      const other = connect(Number(port), hostname);
      for (const [from, to] of [
        [socket, other],
        [other, socket],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#close = () => server.close();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#isShut = false;
  }

  close(): void {
    this.shut();
    this.#close();
  }
}
