/**
 * A connection that can be cut: a TCP relay between a client and a server.
 * Passes bytes on both ways and keeps what the client sends, until it is told to lose them, or to end what is open; can
 * say something else than the server said, or besides.
 * Does not know XMPP, but for one name that it can hide.
 * Always: listens on loopback only; what is lost is lost without a word.
 * Before: testing/client-stage.ts.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Cuttable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** The client is not told that the server resumes streams (XEP-0198), so that each is a new one. */
  hidesResumption = false;
  /** Bytes from the server are lost. */
  isDeaf = false;
  /** Bytes to the server are lost. */
  isMute = false;
  /** New connections are refused. */
  isClosed = false;
  port = 0;
  /** Everything that the client has sent. */
  sent = '';
  /** What the client is to read in the place of what the server has sent. Sees what comes in one piece. */
  alter: ((text: string) => string) | undefined;
  readonly #near = new Set<Socket>();

  private constructor(target: string) {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    this.#server = createServer((near) => {
      if (this.isClosed) {
        near.destroy();
        return;
      }
      const far = connect(Number(port), host);
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on('error', () => socket.destroy());
      }
      this.#near.add(near);
      near.on('data', (bytes) => {
        this.sent += bytes.toString();
        if (!this.isMute) far.write(bytes);
      });
      far.on('data', (bytes) => {
        if (!this.isDeaf) near.write(this.#altered(this.hidesResumption ? withoutResumption(bytes) : bytes));
      });
      near.on('close', () => {
        this.#near.delete(near);
        this.#close(near, far);
      });
      far.on('close', () => this.#close(far, near));
    });
  }

  /** A relay to `target`, `host:port`. */
  static async to(target: string): Promise<Cuttable> {
    const relay = new Cuttable(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    const address = relay.#server.address();
    relay.port = typeof address === 'object' && address !== null ? address.port : 0;
    return relay;
  }

  /** The client reads this as well. Without resumption only, since the server does not count it. */
  inject(xml: string): void {
    for (const socket of this.#near) socket.write(xml);
  }

  /** Ends what is open, at once; what comes next passes again. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
    this.isDeaf = this.isMute = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #altered(bytes: Buffer): Buffer | string {
    return this.alter === undefined ? bytes : this.alter(bytes.toString());
  }

  #close(one: Socket, other: Socket): void {
    this.#open.delete(one);
    other.destroy();
  }
}

/** Another namespace of the same length: what comes before the log-in comes in one piece. */
function withoutResumption(bytes: Buffer): Buffer {
  if (!bytes.includes('urn:xmpp:sm:3')) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('urn:xmpp:sm:3', 'urn:xmpp:no:3'), 'latin1');
}
