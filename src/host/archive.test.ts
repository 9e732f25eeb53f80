import { afterEach, beforeEach, expect, test } from 'vitest';
import { child, childText, elements, text, type XmlElement } from '../xml/element.ts';
import { openStage, type Client, type Stage } from './stage.ts';

let stage: Stage;
let hag: Client;
let at = 1_000_000_000_000;
beforeEach(async () => {
  at = 1_000_000_000_000;
  stage = await openStage({
    clock: { now: () => (at += 1000) },
    limits: { archivePageMax: 4, archiveMessagesPerAccountMax: 10, stanzasPerSecondMax: 1e9 },
  });
  hag = await stage.client('hag66', 'a');
  const hecate = await stage.client('hecate', 'b');
  await hecate.online();
  for (let count = 0; count < 10; count++) {
    const to = count % 2 === 0 ? 'hecate@localhost' : 'hecate@localhost/b';
    hag.send(`<message to='${to}' type='chat' id='m${count}'><body>${count}</body></message>`);
  }
  await hag.sync();
});
afterEach(async () => stage.stop());

interface Page {
  readonly ids: string[];
  readonly bodies: string[];
  readonly stamps: string[];
  readonly fin: XmlElement;
}

async function ask(
  filters: Record<string, string> | undefined,
  page: string,
  more = '',
): Promise<Page | string> {
  const fields = Object.entries({ FORM_TYPE: 'urn:xmpp:mam:2', ...filters }).map(
    ([name, value]) =>
      `<field var='${name}'>${value
        .split(' ')
        .map((one) => `<value>${one}</value>`)
        .join('')}</field>`,
  );
  const form = filters === undefined ? '' : `<x xmlns='jabber:x:data' type='submit'>${fields.join('')}</x>`;
  const set = page === '' ? '' : `<set xmlns='http://jabber.org/protocol/rsm'>${page}</set>`;
  const answer = await hag.iq(
    `<query xmlns='urn:xmpp:mam:2' queryid='q7'>${form}${set}${more}</query>`,
    'set',
  );
  const error = child(answer, 'error');
  if (error !== undefined) return elements(error)[0]!.name;
  const results = hag.inbox
    .takeAll(({ name }) => name === 'message')
    .map((message) => {
      expect(message.attrs).toEqual({ from: 'hag66@localhost', to: 'hag66@localhost/a' });
      const result = child(message, 'result', 'urn:xmpp:mam:2')!;
      expect(result.attrs['queryid']).toBe('q7');
      const forwarded = child(result, 'forwarded', 'urn:xmpp:forward:0')!;
      const stored = child(forwarded, 'message', 'jabber:client')!;
      expect(child(stored, 'stanza-id', 'urn:xmpp:sid:0')!.attrs['id']).toBe(result.attrs['id']);
      return {
        id: result.attrs['id']!,
        body: childText(stored, 'body')!,
        stamp: child(forwarded, 'delay', 'urn:xmpp:delay')!.attrs['stamp']!,
      };
    });
  return {
    ids: results.map(({ id }) => id),
    bodies: results.map(({ body }) => body),
    stamps: results.map(({ stamp }) => stamp),
    fin: child(answer, 'fin', 'urn:xmpp:mam:2')!,
  };
}

async function get(filters?: Record<string, string>, page = '', more = ''): Promise<Page> {
  const got = await ask(filters, page, more);
  if (typeof got === 'string') throw new Error(got);
  return got;
}

const isComplete = ({ fin }: Page) => fin.attrs['complete'] === 'true';
const setOf = ({ fin }: Page) =>
  Object.fromEntries(elements(elements(fin)[0]!).map((element) => [element.name, text(element)]));

test('paging forward with after and backward with before gives the whole archive, in order', async () => {
  const forward: string[] = [];
  let after = '';
  for (;;) {
    const page = await get(undefined, `<max>3</max>${after}`);
    forward.push(...page.bodies);
    const set = setOf(page);
    expect([set['first'], set['last'], set['count']]).toEqual([page.ids[0], page.ids.at(-1), '10']);
    if (isComplete(page)) break;
    after = `<after>${set['last']!}</after>`;
  }
  const all = Array.from({ length: 10 }, (_, at) => String(at));
  expect(forward).toEqual(all);
  const backward: string[] = [];
  let before = '<before/>';
  for (;;) {
    const page = await get(undefined, `<max>4</max>${before}`);
    backward.unshift(...page.bodies);
    if (isComplete(page)) break;
    before = `<before>${setOf(page)['first']!}</before>`;
  }
  expect(backward).toEqual(all);
});

test('a page has the cap of the server, an exact fit is complete, and max=0 only counts', async () => {
  const capped = await get();
  expect([capped.bodies, isComplete(capped)]).toEqual([['0', '1', '2', '3'], false]);
  const fit = await get({ start: capped.stamps[0]!, end: capped.stamps[3]! });
  expect([fit.bodies, isComplete(fit)]).toEqual([['0', '1', '2', '3'], true]);
  const counted = await get(undefined, '<max>0</max>');
  expect([counted.ids, setOf(counted)]).toEqual([[], { count: '10' }]);
  const none = await get({ start: '2030-01-01T00:00:00Z' });
  expect([none.ids, setOf(none), isComplete(none)]).toEqual([[], { count: '0' }, true]);
});

test('filters: with, start, end, after-id, before-id, ids, and flip-page', async () => {
  const { ids, stamps } = await get();
  expect((await get({ start: stamps[2]!, end: stamps[2]! })).bodies).toEqual(['2']);
  expect((await get({ 'after-id': ids[0]!, 'before-id': ids[3]! })).bodies).toEqual(['1', '2']);
  expect((await get({ ids: `${ids[3]!} ${ids[1]!}` })).bodies).toEqual(['1', '3']);
  expect((await get({ with: 'hecate@localhost' }, '<before/>')).bodies).toEqual(['6', '7', '8', '9']);
  expect((await get({ with: 'hecate@localhost/b' }, '<max>2</max>')).bodies).toEqual(['1', '3']);
  expect((await get({ with: 'nobody@localhost' })).bodies).toEqual([]);
  expect((await get(undefined, '<max>2</max>', '<flip-page/>')).bodies).toEqual(['1', '0']);
});

test.each([
  [{ with: '@@' }, '', 'jid-malformed'],
  [{ 'after-id': 'unknown' }, '', 'item-not-found'],
  [{ ids: 'unknown' }, '', 'item-not-found'],
  [{}, '<after>unknown</after>', 'item-not-found'],
  [{}, '<before>unknown</before>', 'item-not-found'],
  [{}, '<max>many</max>', 'bad-request'],
  [{}, '<after>a</after><before>b</before>', 'bad-request'],
  [{}, '<index>3</index>', 'feature-not-implemented'],
  [{ foo: 'bar' }, '', 'feature-not-implemented'],
  [{ start: 'yesterday' }, '', 'bad-request'],
])('a query with %j and %s is refused with %s', async (filters, page, condition) => {
  expect(await ask(filters as Record<string, string>, page)).toBe(condition);
});

test('the form, the metadata, and what is not archived', async () => {
  const form = await hag.iq("<query xmlns='urn:xmpp:mam:2'/>");
  expect(child(child(form, 'query', 'urn:xmpp:mam:2')!, 'x', 'jabber:x:data')).toBeDefined();
  const { ids } = await get();
  const metadata = child(await hag.iq("<metadata xmlns='urn:xmpp:mam:2'/>"), 'metadata', 'urn:xmpp:mam:2')!;
  expect(child(metadata, 'start')!.attrs['id']).toBe(ids[0]);
  const empty = await stage.client('nobody');
  expect(
    elements(child(await empty.iq("<metadata xmlns='urn:xmpp:mam:2'/>"), 'metadata', 'urn:xmpp:mam:2')!),
  ).toEqual([]);
  for (const inside of [
    "<active xmlns='http://jabber.org/protocol/chatstates'/>",
    "<body>x</body><no-store xmlns='urn:xmpp:hints'/>",
  ]) {
    hag.send(`<message to='hecate@localhost' type='chat'>${inside}</message>`);
  }
  hag.send("<message to='hecate@localhost' type='headline'><body>x</body></message>");
  expect(setOf(await get(undefined, '<max>0</max>'))['count']).toBe('10');
  hag.send("<message to='hecate@localhost' type='chat'><store xmlns='urn:xmpp:hints'/></message>");
  hag.send(
    "<message to='hecate@localhost' type='chat'><reactions xmlns='urn:xmpp:reactions:0' id='1'/></message>",
  );
  expect(setOf(await get(undefined, '<max>0</max>'))['count']).toBe('12');
});

test('an archive is trimmed from its old end', async () => {
  for (let count = 10; count < 15; count++)
    hag.send(`<message to='hecate@localhost' type='chat'><body>${count}</body></message>`);
  const { ids } = await get();
  await stage.restart();
  await new Promise((resolve) => setTimeout(resolve, 150));
  hag = await stage.client('hag66', 'a');
  expect((await get(undefined, '<max>1</max>')).bodies).toEqual(['5']);
  expect(setOf(await get(undefined, '<max>0</max>'))['count']).toBe('10');
  expect(await ask({}, `<after>${ids[0]!}</after>`)).toBe('item-not-found');
});
