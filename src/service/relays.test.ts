/** Ids that carry what is needed to pass an answer back. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/clock.ts';
import { SeededRandom } from '../testing/random.ts';
import { SealedRelays } from './relays.ts';

const KEY = new SeededRandom('key').bytes(32);
const CONTENT = JSON.stringify(['asked-1', 'id#coven@mix.example/anon', 'Θ Kirke 🧙']);
let clock: FakeClock;
let late: string[];

function relays({ key = KEY, relaysMax = 10, seed = 1 } = {}): SealedRelays {
  return new SealedRelays({ key, clock, random: new SeededRandom(seed), relayMs: 30_000, relaysMax });
}

const onLate = (): void => void late.push('late');

beforeEach(() => {
  clock = new FakeClock();
  late = [];
});

describe('a request that is passed on', () => {
  test('PRES-30: is found again by its id, once', () => {
    const subject = relays();
    const id = subject.begin(CONTENT, onLate)!;
    expect(subject.end(id)).toBe(CONTENT);
    expect(subject.end(id)).toBe(undefined);
    clock.advance(60_000);
    expect(late).toEqual([]);
  });

  test('PRES-38: has an id of its own, even for the same content, that says nothing', () => {
    const subject = relays();
    const ids = Array.from({ length: 10 }, () => subject.begin(CONTENT, onLate)!);
    expect(new Set(ids).size).toBe(10);
    for (const id of ids) {
      expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(Buffer.from(id, 'base64url').toString('latin1')).not.toContain('coven');
    }
  });

  test('PRES-39: is late after its time, once, and an answer after that is none', () => {
    const subject = relays();
    const id = subject.begin(CONTENT, onLate)!;
    clock.advance(29_999);
    expect(late).toEqual([]);
    clock.advance(1);
    expect(late).toEqual(['late']);
    expect(subject.end(id)).toBe(undefined);
  });

  test('is refused when too many are under way, and not any more when one has come back or is late', () => {
    const subject = relays({ relaysMax: 2 });
    const [id] = [subject.begin('1', onLate), subject.begin('2', onLate)];
    expect(subject.begin('3', onLate)).toBe(undefined);
    subject.end(id!);
    expect(subject.begin('3', onLate)).not.toBe(undefined);
    expect(subject.begin('4', onLate)).toBe(undefined);
    clock.advance(30_000);
    expect(subject.begin('4', onLate)).not.toBe(undefined);
  });
});

describe('PRES-40: an id that we did not make', () => {
  test('opens to nothing, however little was changed', () => {
    const subject = relays();
    const id = subject.begin(CONTENT, onLate)!;
    const bytes = Buffer.from(id, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(subject.end(changed.toString('base64url'))).toBe(undefined);
    }
    for (const other of ['', 'x', id.slice(0, -1), `${id}A`, `${id}=`, ` ${id}`, `${id}!`, id.repeat(2)])
      expect(subject.end(other)).toBe(undefined);
    expect(subject.end(id)).toBe(CONTENT);
  });

  test('opens to nothing when it is another service’s', () => {
    const id = relays({ key: new SeededRandom('other').bytes(32) }).begin(CONTENT, onLate)!;
    expect(relays().end(id)).toBe(undefined);
  });
});

describe('after a restart', () => {
  test('an answer still finds its way, once, and in its time only', () => {
    const before = relays();
    const [id, slow] = [before.begin(CONTENT, onLate)!, before.begin(CONTENT, onLate)!];
    clock.advance(1000);
    const after = relays({ seed: 2 });
    expect(after.end(id)).toBe(CONTENT);
    expect(after.end(id)).toBe(undefined);
    expect(after.end(`${id}!`)).toBe(undefined);
    clock.advance(29_000);
    expect(after.end(slow)).toBe(undefined);
  });
});
