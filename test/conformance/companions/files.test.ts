/**
 * XEP-0447, 0446, 0385, 0449 and 0066: files and stickers in messages.
 * Tests which sources of a file may stand in a message of somebody who is hidden.
 * Does not fetch anything.
 * Always: what names an account or a client as the place of a file is taken out; addresses on the web stay.
 * Before: test/conformance/companions/kit.ts. After: src/xep/0369-core/hygiene.ts.
 */
import { meets, type Companion } from './kit.ts';

const meta = `<file xmlns='urn:xmpp:file:metadata:0'><media-type>image/png</media-type><name>newt.png</name>
  <hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>aaaa</hash></file>`;
const web = `<url-data xmlns='http://jabber.org/protocol/url-data' target='https://upload.example/newt.png'/>`;
const jinglePub = `<jinglepub xmlns='urn:xmpp:jinglepub:1' from='toad@pond.example/a' id='1'/>`;
const jingle = `<jingle xmlns='urn:xmpp:jingle:1' initiator='toad@pond.example/a'/>`;
const node = `<url-data xmlns='http://jabber.org/protocol/url-data' target='xmpp:toad@pond.example?;node=x'/>`;
const sharing = (sources: string): string =>
  `<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline' id='f'>${meta}<sources>${sources}</sources></file-sharing>`;
const sims = (sources: string): string =>
  `<reference xmlns='urn:xmpp:reference:0' begin='0' end='3' type='data'>
    <media-sharing xmlns='urn:xmpp:sims:1'>
      <file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><media-type>image/png</media-type></file>
      <sources>${sources}</sources></media-sharing></reference>`;
const at = (uri: string): string => `<reference xmlns='urn:xmpp:reference:0' type='data' uri='${uri}'/>`;

const files: readonly Companion[] = [
  { name: '0447, 0446 a file on the web', payload: sharing(web), hidden: 'pass' },
  {
    name: '0447 sources at a client or node',
    payload: sharing(web + jinglePub + jingle + node),
    hidden: { becomes: sharing(web) },
    shown: 'pass',
  },
  {
    name: '0447 sources that come later',
    payload: `<sources xmlns='urn:xmpp:sfs:0' id='f'>${web}${jinglePub}</sources>`,
    hidden: { becomes: `<sources xmlns='urn:xmpp:sfs:0' id='f'>${web}</sources>` },
    shown: 'pass',
  },
  {
    name: '0385 sources',
    payload: sims(at('https://upload.example/newt.png') + at('xmpp:toad@pond.example/a?jingle-pub;id=1')),
    hidden: { becomes: sims(at('https://upload.example/newt.png')) },
    shown: 'pass',
  },
  {
    name: '0363, 0066 a link',
    payload: `<x xmlns='jabber:x:oob'><url>https://u.example/a</url></x>`,
    hidden: 'pass',
  },
  {
    name: '0449 a sticker and the address of its pack',
    payload: `${sharing(web)}<sticker xmlns='urn:xmpp:stickers:0' pack='EpRv' jid='toad@pond.example' node='x'/>`,
    hidden: { becomes: `${sharing(web)}<sticker xmlns='urn:xmpp:stickers:0' pack='EpRv' node='x'/>` },
    shown: 'pass',
  },
  {
    name: '0449 a sticker and the URI of its pack',
    payload: `<sticker xmlns='urn:xmpp:stickers:0' pack='EpRv' uri='xmpp:toad@pond.example?pubsub'/>`,
    hidden: { becomes: `<sticker xmlns='urn:xmpp:stickers:0' pack='EpRv'/>` },
    shown: 'pass',
  },
];

meets(files);
