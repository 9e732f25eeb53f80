/**
 * Companion XEPs that pass untouched but for the sender's own address (D-45).
 * One entry for each line of the decisions' table that says so.
 * Does not test messages about messages (references.test.ts).
 * Always: what is not known passes like what is known.
 * Before: test/conformance/companions/kit.ts. After: src/xep/0369-core/hygiene.ts.
 */
import { meets, type Companion } from './kit.ts';

const passing: readonly (readonly [string, string])[] = [
  [
    '0428 fallback',
    `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback>`,
  ],
  ['0444 reactions', `<reactions xmlns='urn:xmpp:reactions:0' id='abc'><reaction>👋</reaction></reactions>`],
  [`0359 origin-id`, `<origin-id xmlns='urn:xmpp:sid:0' id='de305d54'/>`],
  [`0333 markable`, `<markable xmlns='urn:xmpp:chat-markers:0'/>`],
  [`0333 displayed`, `<displayed xmlns='urn:xmpp:chat-markers:0' id='abc'/>`],
  ['0085 chat states', `<composing xmlns='http://jabber.org/protocol/chatstates'/>`],
  ['0334 hints: no-store', `<no-store xmlns='urn:xmpp:hints'/>`],
  ['0334 hints: store', `<store xmlns='urn:xmpp:hints'/>`],
  ['0334 hints: no-copy', `<no-copy xmlns='urn:xmpp:hints'/>`],
  ['0393 styling', `<unstyled xmlns='urn:xmpp:styling:0'/>`],
  ['0394 markup', `<markup xmlns='urn:xmpp:markup:0'><span start='0' end='2'><emphasis/></span></markup>`],
  ['0481 content types', `<content xmlns='urn:xmpp:content' type='text/markdown'>*Hail*</content>`],
  ['0466 ephemeral messages', `<ephemeral xmlns='urn:xmpp:ephemeral:0' timer='3600'/>`],
  ['0491 webxdc', `<x xmlns='urn:xmpp:webxdc:0'><json xmlns='urn:xmpp:json:0'>{"score":1}</json></x>`],
  ['0224 attention', `<attention xmlns='urn:xmpp:attention:0'/>`],
  [
    '0231 bits of binary',
    `<data xmlns='urn:xmpp:bob' cid='sha1+8f35@bob.xmpp.org' type='image/png'>iVBOR</data>`,
  ],
  ['0363, 0066 files by address', `<x xmlns='jabber:x:oob'><url>https://upload.example/a.png</url></x>`],
  ['0249 direct invitation', `<x xmlns='jabber:x:conference' jid='heath@chat.example' reason='Come!'/>`],
  ['0488 token of an invitation', `<invite xmlns='urn:xmpp:muc-token-invite:0' id='abc'/>`],
  ['0500 slow mode', `<slowmode xmlns='urn:xmpp:slowmode:0' interval='10'/>`],
  ['0490 displayed synchronisation', `<displayed xmlns='urn:xmpp:mds:displayed:0'/>`],
  [
    'unknown payload',
    `<cauldron xmlns='urn:example:cauldron' lid='open'><newt eye='1'>of newt</newt></cauldron>`,
  ],
];

meets(passing.map(([name, payload]): Companion => ({ name, payload, hidden: 'pass' })));

/** D-45: the sender's own address, where a machine put it. */
const scrubbed: readonly Companion[] = [
  {
    name: 'D-45, unknown payload with the sender’s address',
    payload: `<cauldron xmlns='urn:example:cauldron' by='OWN'><who>OWN</who><uri href='xmpp:OWN?message'/></cauldron>`,
    hidden: {
      becomes: `<cauldron xmlns='urn:example:cauldron' by='ALIAS'><who>ALIAS</who><uri href='ALIAS'/></cauldron>`,
    },
    shown: 'pass',
  },
  {
    name: '0491, D-45: webxdc with the sender’s address',
    payload: `<x xmlns='urn:xmpp:webxdc:0'><info by='OWN'/></x>`,
    hidden: { becomes: `<x xmlns='urn:xmpp:webxdc:0'><info by='ALIAS'/></x>` },
    shown: 'pass',
  },
  {
    name: 'D-92, unknown payload with another’s address',
    payload: `<cauldron xmlns='urn:example:cauldron' by='toad@pond.example'>toad@pond.example</cauldron>`,
    hidden: 'pass',
  },
];

meets(scrubbed);
