import { expect, test } from 'vitest';
import { decodeSasl, encodeSasl, prepared, Scram } from './scram.ts';

const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const CHALLENGE = `r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const refused = (condition: string): unknown => expect.objectContaining({ name: 'LoginRefused', condition });

test('RFC 7677 §3: the example of SCRAM-SHA-256', async () => {
  const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', {}, NONCE);
  expect(scram.first()).toBe(`n,,n=user,r=${NONCE}`);
  expect(await scram.answer(CHALLENGE)).toBe(
    `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('RFC 5802 §5: the example of SCRAM-SHA-1', async () => {
  const scram = new Scram('SCRAM-SHA-1', 'user', 'pencil', {}, 'fyko+d2lbbFgONRv9qkxdawL');
  const challenge = 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096';
  expect(await scram.answer(challenge)).toMatch(/,p=v0X8v3Bz2T0CJGbJQyF0X\+HI4Ts=$/);
  scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
});

test.each(['', 'v=', 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=', 'v=AAAA'])(
  'a server that proves nothing by %j is refused',
  async (final) => {
    const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', {}, NONCE);
    expect(() => scram.verify(final)).toThrow(refused('bad-server-signature'));
    await scram.answer(CHALLENGE);
    expect(() => scram.verify(final)).toThrow(refused('bad-server-signature'));
  },
);

test('a server that says what is wrong is understood', () => {
  const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', {}, NONCE);
  expect(() => scram.verify('e=invalid-proof')).toThrow(refused('not-authorized'));
});

test.each([
  ['', 'malformed-request'],
  [`r=${NONCE},s=AAAA,i=4096`, 'malformed-request'],
  ['r=another,s=AAAA,i=4096', 'malformed-request'],
  [`m=x,r=${NONCE}x,s=AAAA,i=4096`, 'malformed-request'],
  [`r=${NONCE}x,s=*,i=4096`, 'malformed-request'],
  [`r=${NONCE}x,s=AAAA,i=1`, 'mechanism-too-weak'],
  [`r=${NONCE}x,s=AAAA,i=4095`, 'mechanism-too-weak'],
  [`r=${NONCE}x,s=AAAA,i=99999999999`, 'mechanism-too-weak'],
])('the challenge %j is refused: %s', async (challenge, condition) => {
  const scram = new Scram('SCRAM-SHA-256', 'user', 'pencil', {}, NONCE);
  await expect(scram.answer(challenge)).rejects.toThrow(refused(condition));
});

test('a name with signs of its own is written as RFC 5802 §5.1 wants it', () => {
  expect(new Scram('SCRAM-SHA-1', 'a=b,c', 'x', {}, 'n').first()).toBe('n,,n=a=3Db=2Cc,r=n');
});

test('what was computed once is kept for the same salt, and for no other', async () => {
  const memory = {};
  const first = new Scram('SCRAM-SHA-256', 'user', 'pencil', memory, NONCE);
  const proof = await first.answer(CHALLENGE);
  const kept = structuredClone(memory);
  const second = new Scram('SCRAM-SHA-256', 'user', 'pencil', memory, NONCE);
  expect(await second.answer(CHALLENGE)).toBe(proof);
  expect(memory).toEqual(kept);
  await new Scram('SCRAM-SHA-256', 'user', 'pencil', memory, NONCE).answer(CHALLENGE.replace('W22', 'X22'));
  expect(memory).not.toEqual(kept);
});

test('two ways to type a password are one', () => {
  expect(prepared('\u2168\u00a0a\u00ad')).toBe('IX a');
});

test('messages are base64 of UTF-8, and "=" is the empty one', () => {
  for (const message of ['', 'a', 'h\u00e4g \u{1f9d9}'])
    expect(decodeSasl(encodeSasl(message))).toBe(message);
  expect(() => decodeSasl('*')).toThrow(refused('incorrect-encoding'));
});
