/**
 * STYLE.md and the import rule, checked.
 * Runs every rule over the project, and every rule over a file that breaks it.
 * Does not know the rules (tidy-imports.ts, tidy-text.ts).
 * Always: a rule that cannot fail is no rule.
 * Before: test/tidy-text.ts. After: STYLE.md.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { breaches, file, HEADER } from './tidy-breaches.ts';
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
import { importsOf, readTree, type Rule } from './tidy-tree.ts';

const root = new URL('..', import.meta.url).pathname;
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  dependencies: Record<string, string>;
};
/** Test bodies that live beside what they test, since every backend calls them. */
const TEST_BODIES = [/^src\/storage\/contract/];

const dependenciesOnly = onlyDependencies(Object.keys(dependencies), TEST_BODIES);

const rules: Readonly<Record<string, Rule>> = {
  'imports go in one direction': importDirection,
  'no file needs itself': noCycles,
  'what runs in browsers does without Node': noNode,
  'addresses in clear have one door': oneDoor,
  'what is shipped stands on dependencies only': dependenciesOnly,
  'every file says what it is about': header,
  'headers send their reader to files that are there': headerPointsSomewhere,
  'files are short': sizes,
  'functions fit a screen': functionSizes,
  'time, chance, timers, logs and environment are handed in': bannedCalls,
  'nothing is left lying about': leftovers,
  'the folder of a XEP is whole': wholeXeps,
};

const project = readTree(root);

describe('the project', () => {
  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(project)).toEqual([]);
  });

  test('is all there', () => {
    expect(project.length).toBeGreaterThan(100);
    expect(project.map(({ path }) => path)).toContain('src/service/router.ts');
  });
});

describe('a file that breaks a rule is found', () => {
  test.each(breaches)('%s', (_, rule, files, complaint) => {
    expect(rule(files).join('\n')).toMatch(complaint);
  });

  test('every rule has such a file', () => {
    const proven = new Set(breaches.map(([, rule]) => rule));
    const unproven = Object.values(rules).filter((rule) => !proven.has(rule));
    // The one rule that is made with parameters is proven with others.
    expect(unproven).toEqual([dependenciesOnly]);
  });
});

describe('a file that keeps the rules is left alone', () => {
  const good = [
    file('src/xml/a.ts', HEADER),
    file('src/xml/b.ts', HEADER),
    file('src/xep/0001-a/wire.ts', `${HEADER}import { b } from './b.ts';\nexport const NS = 'a';`),
    file('src/xep/0001-a/b.ts', `${HEADER}import { c } from '../../xml/a.ts';`),
    file('src/xep/0001-a/service.ts', `${HEADER}import type { D } from '../../channel/d.ts';`),
    file(
      'src/channel/d.ts',
      `${HEADER}import type { E } from './e.ts';\nimport { reveal } from '../storage/facts.ts';`,
    ),
    file('src/channel/e.ts', `${HEADER}import { d } from './d.ts';`),
    file('src/channel/visibility.ts', `${HEADER}import { reveal } from '../jid/real-jid.ts';`),
    file('src/cli/f.ts', `${HEADER}console.log(Date.now(), process.argv);`),
  ];

  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(good)).toEqual([]);
  });
});

test('imports are found in every form', () => {
  const text = `
    import a, { type B, c as d } from './one.ts';
    import type { E } from './two.ts';
    import * as f from 'three';
    import './four.ts';
    export { g } from '../five.ts';
    type H = import('./six.ts').H;
    const i = await import('./seven.ts');`;
  const found = importsOf(file('src/xml/a.ts', text));
  expect(found.map(({ target, names, isTypeOnly }) => [target, names, isTypeOnly])).toEqual([
    ['src/xml/one.ts', ['default', 'B', 'c'], false],
    ['src/xml/two.ts', ['E'], true],
    [undefined, 'everything', false],
    ['src/xml/four.ts', [], false],
    ['src/five.ts', ['g'], false],
    ['src/xml/six.ts', 'everything', true],
    ['src/xml/seven.ts', 'everything', false],
  ]);
});
