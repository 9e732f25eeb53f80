/**
 * What becomes of a message that is refused while the server's own word is still on its way.
 */
import { expect, test } from 'vitest';
import { OutgoingMessages } from './live-outgoing.ts';

test('a refusal that comes before the server’s word that it has the message stands', async () => {
  const taken: (() => void)[] = [];
  const outgoing = new OutgoingMessages({
    transmit: () => new Promise((resolve) => taken.push(resolve)),
    isSentWhenTaken: true,
    onSent: () => expect.fail('it was refused'),
    reserve: () => 1,
    self: () => ({ id: 'hecate' }),
    canVerify: () => false,
    confirmMs: 1_000,
    onOverdue: () => undefined,
    onChange: () => undefined,
  });
  outgoing.ready();
  const { originId = '' } = outgoing.send({ body: 'Psst.' });
  outgoing.refuse(originId, new Error('blocked'));
  taken[0]?.();
  await Promise.resolve();
  expect(outgoing.expected).toMatchObject([{ view: { body: 'Psst.', state: 'failed' }, place: undefined }]);
  outgoing.close(new Error('the end'));
});
