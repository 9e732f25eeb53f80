/**
 * The acts in a hidden channel, by libraries that know nothing of MIX (XEP-0369, 0404, 0405): what a beginner's client would send.
 * Owns what is checked of create, join, messages, archive, private messages, errors and leave, and the look for leaks.
 * Does not check MIX in depth (story.py does).
 * Always: whatever comes from the service names no account and no resource of another judge.
 * Before: report.mjs. After: judges.mjs.
 */
import { NODES } from './requests.mjs';
import { check, checkRefused } from './report.mjs';

const NAME = 'bench';

function address({ service }) {
  return `${NAME}@${service}`;
}

function reflected(stage, body) {
  return (one) => one.kind === 'message' && one.body === body && one.from?.startsWith(`${address(stage)}/`);
}

export async function join(stage) {
  const { judges, service } = stage;
  const channel = address(stage);
  await judges[0].createChannel(service, NAME);
  await checkRefused(judges[1].createChannel(service, NAME), 'conflict/cancel', 'the channel is there once');
  stage.ids = new Map();
  for (const [index, judge] of judges.entries()) {
    const since = judge.mark;
    const joined = await judge.join(channel, `Judge ${index}`);
    check(
      /^[a-z0-9]+$/.test(joined.id) &&
        joined.nick === `Judge ${index}` &&
        NODES.every((node) => joined.nodes.includes(node)),
      `${judge.library} joins the channel`,
      joined,
    );
    stage.ids.set(judge, joined.id);
    await judge.until('the push', (one) => one.pushed?.includes(channel), since);
    const listed = (await judge.roster()).some(({ jid }) => jid === channel);
    check(listed, `and has it in its roster`);
  }
  const again = judges[1].join(channel, 'Judge 0');
  await checkRefused(again, 'conflict/cancel', 'a nick that is taken');
}

export async function post(stage) {
  const { judges, ids } = stage;
  const channel = address(stage);
  for (const [index, judge] of judges.entries()) {
    const body = `the verdict of ${index}`;
    const marks = judges.map(({ mark }) => mark);
    judge.say({ to: channel, type: 'groupchat', body });
    for (const [place, other] of judges.entries()) {
      const got = await other.until('the reflection', reflected(stage, body), marks[place]);
      check(
        got.from === `${channel}/${ids.get(judge)}` &&
          got.type === 'groupchat' &&
          got.nick === `Judge ${index}` &&
          !got.shownJid,
        `${other.library} sees what ${judge.library} says, by nick and id`,
        got,
      );
    }
  }
  for (const judge of judges) {
    const page = await judge.page({ of: channel, max: 50 });
    const bodies = page.rows.map(({ body }) => body).filter(Boolean);
    check(
      bodies.join() === judges.map((_, index) => `the verdict of ${index}`).join(),
      `${judge.library} finds all of it in the channel's archive, in order`,
      page,
    );
  }
}

export async function whisper(stage) {
  const { ids, judges, next } = stage;
  for (const judge of judges) {
    const other = next(judge);
    const since = other.mark;
    judge.say({ to: `${ids.get(other)}#${address(stage)}`, body: 'a word in private' });
    const got = await other.until('the whisper', (one) => one.body === 'a word in private', since);
    check(
      got.from?.startsWith(`${ids.get(judge)}#${address(stage)}/`) && got.type === 'chat',
      `${other.library} gets a private message from ${judge.library}'s mask`,
      got,
    );
  }
}

export async function leave(stage) {
  const { judges } = stage;
  const channel = address(stage);
  const [owner, ...others] = judges;
  for (const judge of others) {
    await judge.leave(channel);
    const listed = (await judge.roster()).some(({ jid }) => jid === channel);
    check(!listed, `${judge.library} leaves, and its roster forgets the channel`);
    const since = judge.mark;
    judge.say({ to: channel, type: 'groupchat', body: 'one thing more', id: 'too-late' });
    const refusal = await judge.until('a refusal', (one) => one.id === 'too-late', since);
    check(refusal.error === 'forbidden/auth', 'and may not speak any more', refusal);
  }
  const marks = others.map(({ mark }) => mark);
  owner.say({ to: channel, type: 'groupchat', body: 'is anybody there' });
  await owner.until('its own reflection', reflected(stage, 'is anybody there'));
  for (const judge of others) await judge.ping(undefined);
  const heard = others.flatMap((judge, index) =>
    judge.all(reflected(stage, 'is anybody there'), marks[index]),
  );
  check(heard.length === 0, 'those who left hear nothing any more', heard);
}

/** Judges know each other as contacts, so only what the service sends is looked at. */
export async function lookForLeaks({ judges, service }) {
  for (const judge of judges) {
    const sent = judge.tape.filter((text) => /\sfrom=(["'])[^"']*\1/.exec(text)?.[0].includes(service));
    const names = judges
      .filter((one) => one !== judge)
      .flatMap(({ account, resource }) => [account, resource]);
    const leaks = sent.filter((text) => names.some((name) => text.includes(name)));
    check(
      sent.length > 5 && leaks.length === 0,
      `nothing from the service tells ${judge.library} who the others are`,
      {
        looked: sent.length,
        leaks,
      },
    );
  }
}
