/**
 * A channel to look at: with people, with messages of every kind, and with other channels beside it.
 * Makes it, for the pictures of the web client and for those who judge its views.
 * Does not look (test/web/views.test.ts).
 * Always: what is said is invented, and the same each time.
 * Before: test/web/stage.ts. After: test/web/views.test.ts.
 */
import type { Client } from '../../src/client/client.ts';
import {
  connect,
  join,
  queryArchive,
  react,
  register,
  sendMessage,
  setPresence,
} from '../../src/node/index.ts';
import { PASSWORD, type Person } from './person.ts';
import type { WebStage } from './stage.ts';

const MASQUERADE = 'masquerade@mix.localhost';

const SPOKEN: readonly (readonly [string, string])[] = [
  ['Pantalone', 'Good evening, masks. Has the music begun?'],
  ['Columbine', 'Not yet. They are still tuning the second violin: https://example.org/programme'],
  ['Harlequin', 'I heard that the *Duke* is here tonight. Nobody knows under which mask.'],
  ['Dottore', '> Nobody knows under which mask.\nThat is the point of it, my dear.'],
  ['Harlequin', 'Then I shall be polite to everybody. It is `exhausting`.'],
];

/** A channel with people, in which something has been said; and others beside it. */
export async function furnish(
  stage: WebStage,
  owner: Person,
  visitor: Person,
  crowd: Client[],
): Promise<void> {
  await owner.createChannel('Garden', 'Moretta');
  await owner.createChannel('Masquerade', 'Moretta');
  await owner.page.goto(`${stage.url}/c/${MASQUERADE}/manage/channel`);
  await owner.page
    .getByLabel('What it is about', { exact: true })
    .fill('The ball in the long gallery. Keep your mask on.');
  await owner.button('Save').click();
  await owner.page.goto(`${stage.url}/c/${MASQUERADE}`);
  await visitor.join(`${stage.url}/join/${MASQUERADE}`, { nick: 'Columbine' });
  const endpoint = `${stage.url.replace('http', 'ws')}/xmpp-websocket`;
  for (const nick of ['Pantalone', 'Harlequin', 'Dottore', 'Pulcinella', 'Brighella']) {
    const username = `${nick.toLowerCase()}-at-home`;
    await register({ domain: 'localhost', username, password: PASSWORD, endpoint });
    const client = await connect({ account: `${username}@localhost`, password: PASSWORD, endpoint });
    crowd.push(client);
    // Two who would rather leave than be seen.
    const jidVisibility = nick.startsWith('P') ? 'default' : 'never';
    await join(client, MASQUERADE, { nick, preferences: { jidVisibility } });
  }
  await setPresence(crowd[3]!, undefined, { show: 'away' });
  for (const [nick, text] of SPOKEN) {
    const client = crowd[['Pantalone', 'Harlequin', 'Dottore'].indexOf(nick)];
    if (client === undefined) await visitor.say(text);
    else await sendMessage(client, MASQUERADE, { body: text });
    await owner.sees(text.split('\n').at(-1)!.slice(0, 20));
  }
  await owner.say('Welcome to the Masquerade. Nobody here needs your address, and nobody gets it.');
  await visitor.sees('nobody gets it');
  await visitor.onMessage('nobody gets it', 'Reply');
  await visitor.say('@Moretta Then I can say what I think of the music.');
  await owner.sees('what I think of the music');
  const liked = await newestId(crowd[0]!);
  for (const client of crowd.slice(0, 2)) await react(client, MASQUERADE, liked ?? '', ['🎭']);
  await owner.message('what I think of the music').press('+');
  await owner.button('React with 😂').click();
  await visitor.openPerson('Moretta');
  await visitor.button('Write in private').click();
  await visitor.say('Who is the one with the feather?');
  await owner.page.getByRole('link', { name: /Columbine.*in Masquerade/s }).click();
  await owner.sees('Who is the one with the feather?');
  await owner.say('I must not say. But watch his hands.');
}

async function newestId(client: Client): Promise<string | undefined> {
  const { messages } = await queryArchive(client, MASQUERADE, { page: { before: '', max: 1 } });
  return messages.at(-1)?.id;
}
