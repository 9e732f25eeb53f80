/**
 * The act of the bad line (XEP-0198 §5): connections that break with messages under way in both directions.
 * Owns what is checked of each library's own resumption: nothing lost, nothing twice, nobody told.
 * Does not cover slixmpp (resume.py), nor what becomes of sessions that are not resumed (the host's own tests).
 * Always: what was under way when the line broke had left its sender, and had not come.
 * Before: line.mjs, report.mjs. After: judges.mjs.
 */
import { openLine } from './line.mjs';
import { check } from './report.mjs';

export async function loseTheLine(stage) {
  for (const friend of stage.judges) {
    const scene = await begin(stage, friend);
    const { line, client, before, since } = scene;
    await losesBothWays(scene);
    await losesAcknowledgements(scene);
    const { library } = client;
    check(
      client.begun === 1 && client.full === before,
      `${library} has the same session as before`,
      client.full,
    );
    const seen = friend.all((one) => one.kind === 'presence' && one.from === before, since);
    check(
      seen.length === 1 && seen[0].type === undefined,
      `nobody has noticed that ${library} was away`,
      seen,
    );
    await client.logOut();
    line.close();
  }
}

/** A second client for the account of the friend's contact, on a line of its own. */
async function begin(stage, friend) {
  const contact = stage.next(friend);
  const line = await openLine(contact.port);
  const client = stage.again(contact, line.port);
  await client.logIn();
  await client.wait('a counted stream', () => client.isCounted);
  const since = friend.mark;
  client.appear();
  await friend.until('its presence', (one) => one.kind === 'presence' && one.from === client.full, since);
  return { line, client, friend, since, before: client.full };
}

/** What either side says while the line is dead, and before it is known to be. */
async function losesBothWays({ line, client, friend, since }) {
  friend.say({ to: client.full, body: 'down 1' });
  client.say({ to: friend.full, body: 'up 1' });
  await client.until('a message', (one) => one.body === 'down 1');
  await friend.until('a message', (one) => one.body === 'up 1' && one.from === client.full, since);
  line.mute('up', 'down');
  for (const number of [2, 3]) {
    friend.say({ to: client.full, body: `down ${number}` });
    client.say({ to: friend.full, body: `up ${number}` });
  }
  await friend.ping(undefined);
  line.cut();
  friend.say({ to: client.full, body: 'down 4' });
  await client.wait('its session back', () => client.resumed === 1);
  client.say({ to: friend.full, body: 'up 4' });
  await client.until('the last message', (one) => one.body === 'down 4');
  await friend.until('the last message', (one) => one.body === 'up 4' && one.from === client.full, since);
  await settle({ client, friend, since }, 'so far');
  const came = [bodies(client, 'down', friend), bodies(friend, 'up', client, since)];
  check(
    came[0] === 'down 1, down 2, down 3, down 4' && came[1] === 'up 1, up 2, up 3, up 4',
    `${client.library} loses the line, takes up its session, and all comes once and in order, both ways`,
    came,
  );
}

/** What has come, but of which the server does not know that it has. */
async function losesAcknowledgements({ line, client, friend, since }) {
  line.mute('up');
  friend.say({ to: client.full, body: 'down 5' });
  await client.until('a message', (one) => one.body === 'down 5');
  line.cut();
  await client.wait('its session back', () => client.resumed === 2);
  friend.say({ to: client.full, body: 'down 6' });
  await client.until('the last message', (one) => one.body === 'down 6');
  await settle({ client, friend, since }, 'the end');
  const came = bodies(client, 'down', friend);
  check(
    came === 'down 1, down 2, down 3, down 4, down 5, down 6',
    `what ${client.library} had already does not come again, though its acknowledgement was lost`,
    came,
  );
}

/**
 * Whatever still is on its way comes before this. COMPAT(@xmpp/client): no requests, as it does not count the answers to
 * its own, and the server has to send as many stanzas again when it comes back.
 */
async function settle({ client, friend, since }, body) {
  friend.say({ to: client.full, body });
  client.say({ to: friend.full, body });
  await client.until('the end', (one) => one.body === body);
  await friend.until('the end', (one) => one.body === body && one.from === client.full, since);
}

/** COMPAT(@xmpp/client): since then, as what had come to it before waits for its next log-in, for the same reason. */
function bodies(hearer, way, speaker, since) {
  return hearer
    .all((one) => one.from === speaker.full && one.body?.startsWith(way), since)
    .map(({ body }) => body)
    .join(', ');
}
