import { expect, test } from 'vitest';
import { buildForm, parseForm } from '../0004-forms/wire.ts';
import { buildAccountInvite, parseAccountInvite } from './wire.ts';

test.each([
  { uri: 'xmpp:a.example?register;preauth=x', landingUrl: 'https://a.example/invite/x', expiresAt: 1_000 },
  { uri: 'xmpp:a.example?register;preauth=x', landingUrl: undefined, expiresAt: undefined },
])('an invite is read as it was written: %o', (invite) => {
  expect(parseAccountInvite(parseForm(buildForm(buildAccountInvite(invite))))).toEqual(invite);
});

test('an invite without a link is refused', () => {
  expect(() => parseAccountInvite({ type: 'result', formType: undefined, fields: [] })).toThrow(
    expect.objectContaining({ condition: 'bad-request' }),
  );
});
