/**
 * The client library in a real browser.
 * Serves a page with the bundled library to Chromium, and connects from it to a scripted server and to the host.
 * Does not test the web client.
 * Always: where no Chromium is, that is said loudly.
 * Before: test/bundle.ts. After: src/client/parse-dom.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, PASSWORD as HOST_PASSWORD } from '../src/host/stage.ts';
import { clientXmlLimits } from '../src/client/transport.ts';
import { openServer, PASSWORD } from '../src/testing/xmpp-server.ts';
import type { XmlElement } from '../src/xml/element.ts';
import { parseElement } from '../src/xml/reader.ts';
import { bundle } from './bundle.ts';

const root = new URL('..', import.meta.url).pathname;
const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);
if (executablePath === undefined)
  process.stderr.write(
    '\n*** No Chromium was found: the library was NOT tried in a browser. Set CHROMIUM. ***\n\n',
  );

let browser: Browser;
let pages: HttpServer;
let page: Page;

/** What the page has, beside what a browser has. */
const ENTRY = `
  import { connect, discoverEndpoint, el } from 'vizard';
  import { parseDom } from '${root}src/client/parse-dom.ts';
  const parse = (text) => {
    try { return parseDom(new DOMParser(), text); } catch (error) { return error.message; }
  };
  globalThis.vizard = { connect, discoverEndpoint, el, parse };
`;

beforeAll(async () => {
  if (executablePath === undefined) return;
  const { code } = await bundle(ENTRY);
  pages = createServer((request, answer) => {
    const isScript = request.url === '/vizard.js';
    answer.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    answer.end(
      isScript ? code : '<!doctype html><title>x</title><script type="module" src="/vizard.js"></script>',
    );
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
  await page.waitForFunction('globalThis.vizard !== undefined');
}, 60_000);

afterAll(async () => {
  if (executablePath === undefined) return;
  await browser.close();
  pages.close();
});

/** What the browser makes of these frames. */
async function parsed(frames: readonly string[]): Promise<(XmlElement | string)[]> {
  const found = await page.evaluate<string>(`JSON.stringify(${JSON.stringify(frames)}.map(vizard.parse))`);
  return JSON.parse(found) as (XmlElement | string)[];
}

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  test('the examples of the documents are read as Node reads them', async () => {
    const folders = readdirSync(`${root}src/xep`).filter((name) =>
      existsSync(`${root}src/xep/${name}/examples`),
    );
    const examples = folders.flatMap((folder) =>
      readdirSync(`${root}src/xep/${folder}/examples`)
        .filter((name) => name.endsWith('.xml'))
        .map((name) => readFileSync(`${root}src/xep/${folder}/examples/${name}`, 'utf8')),
    );
    const good = examples.filter((text) => readable(text) !== undefined);
    expect(good.length).toBeGreaterThan(50);
    expect(await parsed(good)).toEqual(good.map(readable));
  });

  test('other frames are, too', async () => {
    const frames = [
      `<a/>`,
      `<?xml version='1.0'?> <a xmlns='urn:a'> <b xml:lang='cy' c='&lt;&#9;"'/>x<![CDATA[<!-- & ]]>y</a> `,
      `<s:a xmlns:s='urn:s' s:b='1' b='2'><c/><d xmlns='urn:d'/></s:a>`,
      `<a>${'<b>'.repeat(63)}${'</b>'.repeat(63)}</a>`,
      `<body>\u{1f9d9} &#x1f9d9; é</body>`,
    ];
    expect(await parsed(frames)).toEqual(frames.map(readable));
  });

  test.each([
    [
      'restricted XML',
      [`<!DOCTYPE a><a/>`, `<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>`, `<a><!-- --></a>`, `<a><?b?></a>`],
    ],
    ['restricted XML', [`<a/><!-- -->`, `<?b?><a/>`]],
    [
      'not well-formed',
      [``, `a`, `<a>`, `<a></b>`, `<a/><b/>`, `<a>&</a>`, `<a>&b;</a>`, `<a b='' b=''/>`, `<x:a/>`],
    ],
    ['not well-formed', [`<a>\u0001</a>`, `<a>&#1;</a>`, `<a b='<'/>`, `<a>]]></a>`, `<a/>b`]],
    ['excess', [`<a>${'<b>'.repeat(64)}${'</b>'.repeat(64)}</a>`, `<a>${'<b/>'.repeat(50_000)}</a>`]],
    ['excess', [`<a>${'é'.repeat(2_200_000)}</a>`]],
    // Not told from the browser's own complaint; skipped, so that it silences its author alone.
    ['excess', [`<message><parsererror xmlns='http://www.w3.org/1999/xhtml'/></message>`]],
  ])('%s is what others are', async (what, frames) => {
    expect(await parsed(frames)).toEqual(frames.map(() => what));
  });

  test('a client logs in to the host, asks, and writes to itself', async () => {
    const stage = await openStage();
    try {
      await stage.host.accounts.add('hag66', HOST_PASSWORD);
      const endpoint = `${stage.host.httpUrl.replace(/^http/, 'ws')}/xmpp-websocket`;
      const found = await page.evaluate(`vizard.discoverEndpoint('${new URL(stage.host.httpUrl).host}')`);
      expect(found).toBe(endpoint);
      const heard = await page.evaluate(`(async () => {
        const client = await vizard.connect({
          account: 'hag66@localhost', password: '${HOST_PASSWORD}', endpoint: '${endpoint}',
        });
        const info = await client.request('get', 'localhost', vizard.el('query', 'http://jabber.org/protocol/disco#info'));
        const heard = new Promise((resolve) => client.onStanza((stanza) => stanza.name === 'message' && resolve(stanza)));
        const body = vizard.el('body', 'jabber:client', {}, ['\u{1f9d9} <3']);
        await client.send(vizard.el('message', 'jabber:client', { to: client.address, type: 'chat' }, [body]));
        const said = (await heard).children[0].children[0];
        await client.close();
        return [info.name, said, client.state.is];
      })()`);
      expect(heard).toEqual(['query', '\u{1f9d9} <3', 'closed']);
    } finally {
      await stage.stop();
    }
  });

  test('it comes back at once when the browser says that there is a network', async () => {
    const server = await openServer();
    try {
      await page.evaluate(`(async () => {
        globalThis.states = [];
        globalThis.client = await vizard.connect({
          account: 'hag66@localhost', password: '${PASSWORD}', endpoint: '${server.endpoint}',
          onState: ({ is, retryAt }) => {
            states.push(is);
            if (is === 'connecting' && globalThis.retryAt) states.push(Date.now() < globalThis.retryAt);
            if (is !== 'waiting') return;
            globalThis.retryAt = retryAt;
            setTimeout(() => dispatchEvent(new Event('online')));
          },
        });
      })()`);
      const peer = await server.next();
      peer.cut();
      await server.next();
      await page.waitForFunction(`client.state.is === 'online'`);
      expect(await page.evaluate('states')).toEqual([
        'connecting',
        'online',
        'waiting',
        'connecting',
        true,
        'online',
      ]);
      await page.evaluate('client.close()');
    } finally {
      await server.close();
    }
  });
});

function readable(text: string): XmlElement | undefined {
  try {
    return parseElement(text, clientXmlLimits);
  } catch {
    return undefined;
  }
}
