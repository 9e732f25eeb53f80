/**
 * The acts about what every XMPP server does (RFC 6120, 6121, XEP-0030, 0054, 0199, 0313), each library on its own and to the next.
 * Owns what is checked of log-in, roster, presence, messages, discovery, archive, card, ping and errors.
 * Does not touch channels (acts_channel.mjs) nor the newer comforts (acts_comforts.mjs).
 * Always: what is checked is what the library reports, not the bytes.
 * Before: report.mjs. After: judges.mjs.
 */
import { check, checkRefused } from './report.mjs';

const HOST = 'localhost';

export async function logIn({ judges, stranger }) {
  for (const judge of judges) {
    await judge.logIn();
    check(
      judge.full === `${judge.bare}/${judge.resource}`,
      `${judge.library} logs in and is bound`,
      judge.full,
    );
  }
  for (const imposter of stranger()) {
    await checkRefused(
      imposter.logIn(),
      'not-authorized/sasl',
      `${imposter.library}: a wrong password is refused`,
    );
    await imposter.logOut().catch(() => undefined);
  }
}

/** Each takes the next one into its roster, and is authorised; then each sees the next. */
export async function befriend({ judges, next }) {
  for (const judge of judges) {
    check((await judge.roster()).length === 0, `${judge.library}: a new account's roster is empty`);
    judge.appear();
  }
  for (const judge of judges) {
    const other = next(judge);
    const [since, theirs] = [judge.mark, other.mark];
    await judge.setContact({ jid: other.bare, name: `the one with ${other.library}`, groups: ['Judges'] });
    const push = await judge.until(
      'a push',
      (one) => one.kind === 'iq' && one.pushed?.includes(other.bare),
      since,
    );
    check(
      push.type === 'set' && push.query === 'jabber:iq:roster',
      `${judge.library}: a new contact is pushed`,
      push,
    );
    judge.appear({ to: other.bare, type: 'subscribe' });
    await other.until('the wish', (one) => one.type === 'subscribe' && one.from === judge.bare, theirs);
    other.appear({ to: judge.bare, type: 'subscribed' });
    await judge.until('the leave', (one) => one.type === 'subscribed' && one.from === other.bare, since);
    await judge.until("the contact's presence", seen(other), since);
    const items = await judge.roster();
    const item = items.find(({ jid }) => jid === other.bare);
    check(
      item?.subscription !== 'none' && item?.groups[0] === 'Judges' && item.name.endsWith(other.library),
      `${judge.library}: the contact with its name, group and subscription`,
      items,
    );
  }
}

function seen(other, show) {
  return (one) =>
    one.kind === 'presence' && one.from === other.full && one.type === undefined && one.show === show;
}

export async function showPresence({ judges, next }) {
  for (const judge of judges) {
    const other = next(judge);
    const since = judge.mark;
    other.appear({ show: 'dnd' });
    await judge.until('dnd', seen(other, 'dnd'), since);
    other.appear();
    await judge.until('available', seen(other), since);
    check(true, `${judge.library} sees what ${other.library} shows`);
  }
}

/** Both ways between each and the next: to the account, and to the client. */
export async function talk({ judges, next }) {
  for (const judge of judges) {
    const other = next(judge);
    const [mine, theirs] = [judge.mark, other.mark];
    judge.say({ to: other.bare, body: 'fair is <foul> & "foul" is fair ☠', id: `first-${judge.resource}` });
    const got = await other.until('a message', (one) => one.body?.startsWith('fair is'), theirs);
    check(
      got.from === judge.full &&
        got.body === 'fair is <foul> & "foul" is fair ☠' &&
        got.id === `first-${judge.resource}`,
      `${other.library} gets what ${judge.library} said`,
      got,
    );
    other.say({ to: got.from, body: 'hover through the fog' });
    const answer = await judge.until('the answer', (one) => one.body === 'hover through the fog', mine);
    check(answer.from === other.full && answer.type === 'chat', `and ${judge.library} the answer`, answer);
  }
}

export async function discover({ judges, service }) {
  for (const judge of judges) {
    const { identities, features } = await judge.info(HOST);
    const wanted = [
      'http://jabber.org/protocol/disco#info',
      'urn:xmpp:ping',
      'vcard-temp',
      'jabber:iq:version',
    ];
    const missing = wanted.filter((one) => one !== 'vcard-temp' && !features.includes(one));
    check(
      identities.includes('server/im') && missing.length === 0,
      `${judge.library} discovers the host`,
      features,
    );
    const account = await judge.info(judge.bare);
    check(
      account.identities.includes('account/registered') && account.features.includes('urn:xmpp:mam:2'),
      `${judge.library} discovers its own account, with an archive`,
      account,
    );
    check((await judge.items(HOST)).includes(service), `${judge.library} finds the service of the channels`);
    const channels = await judge.info(service);
    check(channels.identities.includes('conference/mix'), 'which says what it is', channels);
    await judge.ping(HOST);
    await judge.ping(undefined);
    check(true, `${judge.library} pings host and account`);
  }
}

export async function showCards({ judges, next }) {
  for (const judge of judges) await judge.setCard(`Judge & ${judge.library}`);
  for (const judge of judges) {
    const cards = [await judge.card(undefined), await judge.card(next(judge).bare)];
    const wanted = [judge, next(judge)].map(({ library }) => `Judge & ${library}`);
    check(cards.join() === wanted.join(), `${judge.library} reads its own card and that of a contact`, cards);
  }
}

export async function readArchive({ judges, next }) {
  for (const judge of judges) {
    const other = next(judge);
    const { rows, isComplete, first, last } = await judge.page({ whom: other.bare, max: 50 });
    const bodies = rows.map(({ body }) => body);
    check(
      bodies.length === 2 &&
        bodies[0]?.startsWith('fair is') &&
        bodies[1] === 'hover through the fog' &&
        isComplete,
      `${judge.library} finds in its archive what it said and heard`,
      rows,
    );
    check(
      rows.every(({ hasDelay, id }) => hasDelay && id) && first === rows[0]?.id && last === rows.at(-1)?.id,
      'with times and ids, and the page with its ends',
      { rows, first, last },
    );
    const latest = await judge.page({ whom: other.bare, max: 1 });
    check(latest.rows.length === 1 && latest.rows[0].body === bodies[1], 'and page by page', latest);
  }
}

export async function beRefused({ judges, service }) {
  for (const judge of judges) {
    const at = judge.library;
    await checkRefused(
      judge.info(`nobody-here@${HOST}`),
      'service-unavailable/cancel',
      `${at}: an unknown account`,
    );
    await checkRefused(judge.info(HOST, 'no-such-node'), 'item-not-found/cancel', `${at}: an unknown node`);
    await checkRefused(
      judge.info(`nochannel@${service}`),
      'item-not-found/cancel',
      `${at}: an unknown channel`,
    );
    await checkRefused(
      judge.ping('elsewhere.example'),
      'remote-server-not-found/cancel',
      `${at}: another server`,
    );
    const since = judge.mark;
    judge.say({ to: `nobody-here@${HOST}`, body: 'anybody?', id: 'to-nobody' });
    const error = await judge.until('a refusal', (one) => one.id === 'to-nobody', since);
    check(error.error === 'service-unavailable/cancel', `${at}: a message to nobody comes back`, error);
  }
}

/** Two clients cannot have the same resource: the newer one stays (RFC 6120 §7.7.2.2). */
export async function beReplaced({ judges, again }) {
  for (const judge of judges) {
    const [older, newer] = [again(judge, judge.port), again(judge, judge.port)];
    await older.logIn();
    older.giveUp();
    await newer.logIn();
    const why = await older.wait('a reason', () => older.sentAway);
    check(
      why === 'conflict' && newer.full === older.full,
      `${judge.library} is told why it has to go: ${why}`,
      why,
    );
    await newer.ping(undefined);
    await newer.logOut();
  }
}
