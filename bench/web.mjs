/**
 * Benchmark: the web client against the real program, with real browsers.
 * Measures a first conversation from the first page on, a join, and the opening of a small and of a big channel.
 * Does not measure how fast people type: a browser's driver does it for them, and its own time is in the figures.
 * Always: a time ends when a person would see it on the page.
 * Before: bench/web-person.mjs, bench/web-fill.mjs. After: bench/run.mjs.
 */
import { performance } from 'node:perf_hooks';
import { figure, median, spread } from './numbers.mjs';
import { makeFolder, startStandAlone } from './stand-alone.mjs';
import { fill } from './web-fill.mjs';
import { Person, startBrowser } from './web-person.mjs';

const OPEN = { VIZARD_HOST__REGISTRATION: 'open' };
const CHANNEL = 'bench@mix.localhost';

/** Rows for the table. */
export async function web({ runs, participants, messages }) {
  const firsts = [];
  for (let n = 0; n < runs; n++) firsts.push(await inFreshProgram(firstConversation));
  const small = await inFreshProgram((program, browser) => openings(program, browser, runs));
  const big = await inFreshProgram((program, browser) => openings(program, browser, runs), {
    participants,
    messages,
  });
  const of = (key) => firsts.map((first) => first[key]);
  const what = `${figure(messages)} messages, ${figure(participants)} people`;
  return [
    ['web: ms from the first page to a message seen by a second person', spread(of('allMs')), '', ''],
    ['web: of it, ms from the link to the channel to the form for joining', spread(of('arriveMs')), '', ''],
    ['web: join: ms from the button to the place where one writes', spread(of('joinMs')), '', ''],
    ['web: join: frames sent, received', `${spread(of('sent'))}, ${spread(of('received'))}`, '', ''],
    ...['newestMs', 'peopleMs', 'quietMs', 'sent', 'received', 'kilobytes'].map((key) => {
      const [ours, baseline] = [big, small].map((list) => list.map((one) => one[key]));
      const said = `web: open a channel of ${what}: ${WORDS[key]}`;
      return [said, spread(ours), spread(baseline), median(ours) / median(baseline)];
    }),
  ];
}

const WORDS = {
  newestMs: 'ms to the newest message',
  peopleMs: 'ms to the number of people',
  quietMs: 'ms to the last frame',
  sent: 'frames sent',
  received: 'frames received',
  kilobytes: 'kB received',
};

async function inFreshProgram(work, size) {
  const folder = makeFolder();
  const browser = await startBrowser();
  try {
    return await work(
      {
        start: (port) => startStandAlone({ database: folder.database, env: OPEN, port }),
        grow: () => size && fill(folder.database, 'bench', size),
        size,
      },
      browser,
    );
  } finally {
    await browser.close();
    folder.remove();
  }
}

/** Two people who have never been here: one makes a channel, the other comes by its link. */
async function firstConversation({ start }, browser) {
  const program = await start();
  try {
    await program.until((said) => said.includes('Vizard is ready'));
    const url = `http://127.0.0.1:${program.port}`;
    const [first, second] = [await Person.arrive(browser), await Person.arrive(browser)];
    const startedAt = performance.now();
    await first.page.goto(url);
    await first.signUp('first');
    await first.create('Bench', 'First');
    const comesAt = performance.now();
    await second.page.goto(`${url}/join/${CHANNEL}`);
    await second.signUp('second');
    await second.page.getByLabel('Your name in this channel').fill('Second');
    const joinsAt = performance.now();
    const before = { ...second.traffic };
    await second.button('Join').click();
    await second.textField().waitFor();
    const joinedAt = performance.now();
    await untilQuiet(second.traffic);
    const idleMs = performance.now() - joinedAt;
    const [sent, received] = ['sent', 'received'].map((key) => second.traffic[key] - before[key]);
    await first.say('Is it a dagger?');
    await second.sees('Is it a dagger?');
    const allMs = performance.now() - startedAt - idleMs;
    return { allMs, arriveMs: joinsAt - comesAt, joinMs: joinedAt - joinsAt, sent, received };
  } finally {
    await program.stop();
  }
}

/** Somebody who is in a channel comes back to it, several times. */
async function openings({ start, grow, size = { participants: 1 } }, browser, runs) {
  let program = await start();
  try {
    await program.until((said) => said.includes('Vizard is ready'));
    const person = await Person.arrive(browser);
    await person.page.goto(`http://127.0.0.1:${program.port}`);
    await person.signUp('first');
    await person.create('Bench', 'First');
    await person.said('The newest.');
    await program.stop();
    await grow();
    // At the same address, so that the browser knows the account.
    program = await start(program.port);
    await program.until((said) => said.includes('Vizard is ready'));
    const url = `http://127.0.0.1:${program.port}`;
    const opened = [];
    for (let n = 0; n <= runs; n++) opened.push(await opening(person, url, size.participants));
    // The first fills the caches of the program and of the browser.
    return opened.slice(1);
  } finally {
    await program.stop();
  }
}

async function opening(person, url, participants) {
  const before = { ...person.traffic };
  const startedAt = performance.now();
  await person.page.goto(`${url}/c/${CHANNEL}`);
  await person.page.locator('.message').last().waitFor();
  const newestMs = performance.now() - startedAt;
  await person.button(`People (${participants})`).waitFor();
  const peopleMs = performance.now() - startedAt;
  const quietMs = (await untilQuiet(person.traffic)) - startedAt;
  const [sent, received, bytes] = ['sent', 'received', 'bytes'].map(
    (key) => person.traffic[key] - before[key],
  );
  return { newestMs, peopleMs, quietMs, sent, received, kilobytes: bytes / 1_000 };
}

/** @returns when the last frame went or came before a second without any */
async function untilQuiet(traffic) {
  let [count, at] = [traffic.sent + traffic.received, performance.now()];
  while (performance.now() - at < 1_000) {
    const now = traffic.sent + traffic.received;
    if (now !== count) [count, at] = [now, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return at;
}
