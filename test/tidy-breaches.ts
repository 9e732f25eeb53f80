/**
 * Files that break the rules, one or more for each.
 * Owns the bad inputs on which the rules prove that they can fail, and the header of a good one.
 * Does not run them (tidy.test.ts).
 * Always: as small as the breach allows.
 * Before: test/tidy-text.ts. After: test/tidy.test.ts.
 */
import { importDirection, noCycles, noNode, oneDoor, onlyDependencies } from './tidy-imports.ts';
import {
  bannedCalls,
  functionSizes,
  header,
  headerPointsSomewhere,
  leftovers,
  sizes,
  wholeXeps,
} from './tidy-text.ts';
import type { Rule, SourceFile } from './tidy-tree.ts';

export const HEADER = `/**
 * RFC 0000: an example.
 * Owns an example.
 * Does not do more.
 * Always: it is short.
 * Before: a.ts. After: b.ts.
 */
`;

export function file(path: string, text: string): SourceFile {
  return { path, text };
}

/** Each rule, files that break it, and what the complaint has to say. */
export const breaches: readonly (readonly [string, Rule, readonly SourceFile[], RegExp])[] = [
  [
    'a rule reads XML',
    importDirection,
    [file('src/channel/a.ts', `import { el } from '../xml/element.ts';`)],
    /may see/,
  ],
  [
    'a rule calls a store',
    importDirection,
    [file('src/channel/a.ts', `import { b } from '../storage/memory.ts';`)],
    /store interface/,
  ],
  [
    'a client reaches the service',
    importDirection,
    [file('src/client/a.ts', `import { b } from '../service/b.ts';`)],
    /client imports/,
  ],
  [
    'a client reaches into Node',
    importDirection,
    [file('src/client/a.ts', `import { b } from '../node/b.ts';`)],
    /client imports/,
  ],
  [
    'a client borrows a type',
    importDirection,
    [file('src/client/a.ts', `import type { B } from '../channel/b.ts';`)],
    /client imports/,
  ],
  [
    'the host knows rules',
    importDirection,
    [file('src/host/a.ts', `const b = await import('../channel/b.ts');`)],
    /host imports/,
  ],
  [
    'the service picks a store',
    importDirection,
    [file('src/service/a.ts', `export * from '../storage/memory.ts';`)],
    /service imports/,
  ],
  [
    'words know the wire',
    importDirection,
    [file('src/mix.ts', `import { NS } from './xep/0369-core/wire.ts';`)],
    /words imports/,
  ],
  [
    'a wire uses a rule',
    importDirection,
    [file('src/xep/0001-a/wire.ts', `import { b } from '../../channel/b.ts';`)],
    /wire imports/,
  ],
  [
    'a wire uses a rule by way of a helper',
    importDirection,
    [
      file('src/xep/0001-a/wire.ts', `import { b } from './b.ts';`),
      file('src/xep/0001-a/b.ts', `import { c } from '../../channel/c.ts';`),
    ],
    /wire imports src\/xep\/0001-a\/b\.ts \(xep service\)/,
  ],
  [
    'the web client reaches the service',
    importDirection,
    [file('web/a.tsx', `import { b } from '../src/service/b.ts';`)],
    /web imports/,
  ],
  [
    'the client side of a XEP takes more than types of the client',
    importDirection,
    [file('src/xep/0001-a/client.ts', `import { b } from '../../client/b.ts';`)],
    /types only/,
  ],
  ['code that belongs nowhere', importDirection, [file('src/misc/a.ts', '')], /no part/],
  [
    'what ships uses the tests’ tools',
    importDirection,
    [file('src/cli/a.ts', `import { b } from '../testing/b.ts';`)],
    /cli imports/,
  ],
  [
    'two files that need each other',
    noCycles,
    [
      file('src/xml/a.ts', `import { b } from './b.ts';`),
      file('src/xml/b.ts', `import { type C, a } from './a.ts';`),
    ],
    /imports itself/,
  ],
  [
    'Node in a wire',
    noNode,
    [file('src/xep/0001-a/wire.ts', `import { hash } from 'node:crypto';`)],
    /browser/,
  ],
  ['Node in a rule', noNode, [file('src/channel/a.ts', `const b = require('node:crypto');`)], /browser/],
  [
    'an address is taken',
    oneDoor,
    [file('src/service/a.ts', `import { reveal } from '../jid/real-jid.ts';`)],
    /takes reveal/,
  ],
  [
    'it is taken under another name',
    oneDoor,
    [file('src/host/a.ts', `import { reveal as b } from '../jid/real-jid.ts';`)],
    /takes reveal/,
  ],
  [
    'it is handed on',
    oneDoor,
    [file('src/xep/a.ts', `export { envelope } from '../jid/real-jid.ts';`)],
    /takes envelope/,
  ],
  [
    'everything is taken',
    oneDoor,
    [file('src/service/a.ts', `import * as b from '../jid/real-jid.ts';`)],
    /takes all/,
  ],
  [
    'the domain is taken',
    oneDoor,
    [file('src/service/router.ts', `import { revealDomain } from '../jid/real-jid.ts';`)],
    /takes revealDomain/,
  ],
  [
    'the class is asked behind the door',
    oneDoor,
    [file('src/channel/a.ts', 'RealJid.revealed(jid)')],
    /alone/,
  ],
  [
    'a test library is shipped',
    onlyDependencies(['saxes'], []),
    [file('src/xml/a.ts', `import { b } from '@c/d/e';`)],
    /no dependency/,
  ],
  ['no header', header, [file('src/xml/a.ts', 'export {};\n')], /no header/],
  [
    'a header that keeps quiet about what always holds',
    header,
    [file('src/xml/a.ts', HEADER.replace(/ \* Always.*\n/, ''))],
    /always holds/,
  ],
  [
    'a header that does not say what it leaves to others',
    header,
    [file('src/xml/a.ts', HEADER.replace('Does not', 'Does'))],
    /does not do/,
  ],
  [
    'a header that says too little',
    header,
    [file('src/xml/a.ts', HEADER.replace(/ \* Owns.*\n/, ''))],
    /its notion/,
  ],
  [
    'a header that sends nobody on',
    header,
    [file('src/xml/a.ts', HEADER.replace(/ \* Before.*\n/, ''))],
    /before and after/,
  ],
  [
    'a header that goes on',
    header,
    [file('src/xml/a.ts', HEADER.replace(' * Owns', ' * and\n'.repeat(9) + ' * Owns'))],
    /at most/,
  ],
  [
    'a header that sends its reader nowhere',
    headerPointsSomewhere,
    [file('src/xml/a.ts', HEADER)],
    /b\.ts, which is not there/,
  ],
  ['a long file', sizes, [file('src/xml/a.ts', '\n'.repeat(401))], /401 lines/],
  [
    'a long function',
    functionSizes,
    [file('src/xml/a.ts', `const a = () => {${'\n'.repeat(70)}};`)],
    /71 lines/,
  ],
  ['the time of day', bannedCalls, [file('src/service/a.ts', 'const now = Date.now();')], /Clock/],
  ['the time of day, otherwise', bannedCalls, [file('src/channel/a.ts', 'const now = new Date();')], /Clock/],
  ['chance that can be guessed', bannedCalls, [file('src/cli/a.ts', 'Math.random()')], /guessed/],
  ['a timer', bannedCalls, [file('src/service/a.ts', 'setTimeout(b, 1)')], /Clock\.after/],
  ['a line on the terminal', bannedCalls, [file('src/service/a.ts', 'console.error(jid)')], /Log/],
  ['the environment', bannedCalls, [file('src/service/a.ts', 'process.env.HOME')], /cli/],
  ['a wish without an issue', leftovers, [file('src/xml/a.ts', '// TO' + 'DO: later')], /without an issue/],
  ['a wound', leftovers, [file('README.md', 'FIX' + 'ME')], /mend it/],
  ['somebody’s machine', leftovers, [file('bench/a.mjs', "read('/ho" + "me/hag/a')")], /machine/],
  ['a lonely test', leftovers, [file('test/a.test.ts', 'test.on' + "ly('a', b)")], /others from running/],
  ['a XEP without a wire', wholeXeps, [file('src/xep/0001-a/service.ts', '')], /no wire/],
  [
    'a XEP without its number',
    wholeXeps,
    [file('src/xep/anon/wire.ts', 'export const NS = 1;')],
    /NNNN-name/,
  ],
];
