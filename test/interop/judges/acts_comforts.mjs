/**
 * The acts about what today's clients expect besides: copies, blocking, pictures and files (XEP-0280, 0191, 0084, 0363).
 * Owns what is checked of them, between clients that different libraries make for one account.
 * Does not check the rules in full (the host's own tests do).
 * Always: a second client of an account is made by another library than the first.
 * Before: report.mjs. After: judges.mjs.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { check, checkRefused } from './report.mjs';

const PICTURE = Buffer.from('89504e470d0a1a0a20612070696374757265', 'hex');

export async function copy({ judges, next, twin }) {
  for (const judge of judges) {
    const other = twin(judge);
    const partner = next(judge);
    await other.logIn();
    other.appear();
    await judge.copyAll();
    await other.copyAll();
    const since = partner.mark;
    judge.say({ to: partner.full, body: `said by ${judge.resource}` });
    const sent = await other.until('a copy', (one) => one.copy?.way === 'sent');
    check(
      sent.from === judge.bare &&
        sent.copy.from === judge.full &&
        sent.copy.body === `said by ${judge.resource}`,
      `${other.library} gets a copy of what ${judge.library} sends for the same account`,
      sent,
    );
    await partner.until('the message', (one) => one.body === `said by ${judge.resource}`, since);
    partner.say({ to: judge.full, body: `said to ${judge.resource}` });
    const received = await other.until('a copy', (one) => one.copy?.way === 'received');
    check(received.copy.from === partner.full, 'and of what it receives', received);
    check(
      judge.all((one) => one.copy !== undefined).length === 0,
      `${judge.library} gets no copy of its own`,
    );
    await other.logOut();
  }
}

export async function block({ judges, next, twin }) {
  for (const judge of judges) {
    const other = next(judge);
    const second = twin(judge);
    await second.logIn();
    check((await second.blocked()).length === 0, `${second.library}: nobody is blocked at first`);
    await judge.block(other.bare);
    const push = await second.until(
      'a push',
      (one) => one.query === 'urn:xmpp:blocking' && one.type === 'set',
    );
    const list = await judge.blocked();
    check(
      push.pushed.join() === other.bare && list.join() === other.bare,
      `${judge.library} blocks a contact, and ${second.library} hears of it`,
      { push, list },
    );
    const since = other.mark;
    other.say({ to: judge.bare, body: 'can you hear me', id: 'blocked' });
    const refusal = await other.until('a refusal', (one) => one.id === 'blocked', since);
    check(refusal.error === 'service-unavailable/cancel', 'the contact is refused', refusal);
    const mine = judge.mark;
    judge.say({ to: other.bare, body: 'I say', id: 'own-block' });
    const own = await judge.until('a refusal', (one) => one.id === 'own-block', mine);
    check(own.error === 'not-acceptable/cancel', 'and who blocks is told so when it writes', own);
    await judge.unblock(other.bare);
    other.say({ to: judge.bare, body: 'and now' });
    await judge.until('the message', (one) => one.body === 'and now', mine);
    check((await second.blocked()).length === 0, 'until it unblocks');
    await second.logOut();
  }
}

/** Only stanza has an API for pictures; the others fetch as anybody could. */
export async function showPicture({ judges, next }) {
  const artist = judges.find(({ library }) => library === 'stanza');
  const id = createHash('sha1').update(PICTURE).digest('hex');
  const friend = judges.find((judge) => next(judge) === artist);
  const since = friend.mark;
  await artist.publishPicture(id, PICTURE);
  const event = await friend.until('the event', (one) => one.node === 'urn:xmpp:avatar:metadata', since);
  check(event.from === artist.bare, `${friend.library} hears of the picture that stanza publishes`, event);
  for (const judge of [friend, artist])
    check(PICTURE.equals(await judge.picture(artist.bare, id)), `${judge.library} fetches it`);
  const stranger = judges.find((judge) => judge !== artist && judge !== friend);
  await checkRefused(
    stranger.picture(artist.bare, id),
    'item-not-found/cancel',
    `${stranger.library}, no contact, does not learn that there is one`,
  );
}

export async function upload({ judges }) {
  for (const judge of judges) {
    const bytes = Buffer.from(`evidence by ${judge.library}`);
    const slot = await judge.slot({ name: 'evidence.txt', size: bytes.length, type: 'text/plain' });
    const put = await globalThis.fetch(slot.put, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': 'text/plain' },
    });
    const got = await globalThis.fetch(slot.get);
    check(
      put.status === 201 && got.status === 200 && bytes.equals(Buffer.from(await got.arrayBuffer())),
      `${judge.library} gets a slot, and a file goes there and comes back`,
      { slot, put: put.status, got: got.status },
    );
    await checkRefused(
      judge.slot({ name: 'big.txt', size: 10 ** 12, type: 'text/plain' }),
      'not-acceptable/modify',
      `${judge.library}: a file that is too large`,
    );
  }
}
