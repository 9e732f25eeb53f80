/**
 * The documents keep their promises.
 * Checks that commands, links, paths and code in the documents are what they say they are.
 * Does not judge the prose.
 * Always: a document that names something which is gone fails here.
 * Before: test/tidy-tree.ts. After: README.md.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/service/config.ts';
import { readTree } from './tidy-tree.ts';

const root = new URL('..', import.meta.url).pathname;
const documents = readTree(root).filter(({ path }) => path.endsWith('.md'));
const { scripts, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
};
const NPM_ITSELF = ['install', 'ci'];

interface Block {
  readonly language: string;
  readonly code: string;
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** What `npm …`, `npx …` and `node …` in a document ask for, in blocks and in running text. */
function commandsOf(text: string): string[] {
  const indented = text.match(/^ {4,}(?:npm|npx|node|\.ci\/run).*$/gm) ?? [];
  const fenced = blocksOf(text).flatMap(({ code }) => code.match(/^(?:npm|npx|node) .*$/gm) ?? []);
  const inline = [...text.matchAll(/`((?:npm|npx|node) [^`]+)`/g)].map(([, command = '']) => command);
  return [...indented, ...fenced, ...inline].map((command) => command.trim().replace(/ {2,}.*$/, ''));
}

/** Undefined where the command can be run; else why not. */
function problemOf(command: string): string | undefined {
  const [tool, first = '', second = ''] = command.split(/\s+/);
  if (tool === 'npm') {
    const script = first === 'run' ? second : first;
    const isThere = (first !== 'run' && NPM_ITSELF.includes(first)) || Object.hasOwn(scripts, script);
    return isThere ? undefined : 'package.json has no such script';
  }
  if (tool === 'npx') {
    const isTool = Object.hasOwn(bin, first) || existsSync(join(root, 'node_modules/.bin', first));
    if (!isTool) return 'nothing of that name is installed';
    return first === 'vitest' && second === 'run' ? missing(command.split(/\s+/)[3]) : undefined;
  }
  return missing(tool === 'node' ? first : tool);
}

function missing(path: string | undefined): string | undefined {
  return path === undefined || existsSync(join(root, path)) ? undefined : `${path} is not there`;
}

function anchorsOf(text: string): string[] {
  const titles = text.match(/^#+ .*$/gm) ?? [];
  return titles.map((title) =>
    title
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(documents.map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
  test('names commands that can be run', () => {
    const problems = commandsOf(text).flatMap((command) => {
      const problem = problemOf(command);
      return problem === undefined ? [] : [`${command}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => {
      if (/^(https?|mailto|xmpp):/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test('speaks of files that are there', () => {
    const names = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\/|\.(?:ts|mjs|scs|md)))`/g)].map(
      ([, name = '']) => name,
    );
    const folders = ['', 'src/', `${dirname(path)}/`, 'src/xep/0369-core/'];
    const gone = names.filter((name) => {
      if (/NNNN|^name\.|^what\./.test(name)) return false;
      return !folders.some((folder) => existsSync(join(root, folder, name)));
    });
    expect(gone).toEqual([]);
  });

  test('shows code that can be read', () => {
    for (const { language, code } of blocksOf(text)) {
      if (language === 'toml') expect(() => parseConfig(code, {}, () => '')).not.toThrow();
      if (language === 'ts') expect(syntaxErrors(code)).toEqual([]);
    }
  });
});

function syntaxErrors(code: string): string[] {
  const options = { compilerOptions: { target: ts.ScriptTarget.Latest }, reportDiagnostics: true };
  const { diagnostics = [] } = ts.transpileModule(code, options);
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('by their kind', () => {
  test('the README has two commands to see it run, and three links onward', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const [, tried = ''] = /^## Try it$(.*?)^## /ms.exec(text) ?? [];
    expect(commandsOf(tried)).toEqual(['npm install', 'npm start']);
    const [, onward = ''] = /^## Read on$(.*)/ms.exec(text) ?? [];
    expect(onward.match(/^- \[/gm)).toHaveLength(3);
  });

  test('ARCHITECTURE.md is read in one sitting', () => {
    const lines = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(250);
  });

  const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name.endsWith('.md'));
  test.each(decisions)('the decision %s says what was asked, chosen and refused', (name) => {
    const text = readFileSync(join(root, 'docs/decisions', name), 'utf8');
    expect(text).toMatch(new RegExp(`^# ${name.slice(0, 4)}: `));
    const parts = ['Question', 'Choice', 'Refused', 'What would change our mind'];
    expect(text.match(/^## .*$/gm)?.map((title) => title.slice(3))).toEqual(parts);
  });

  test.each(readdirSync(join(root, 'changes')))('the fragment %s is a sentence or a few', (name) => {
    const text = readFileSync(join(root, 'changes', name), 'utf8').trim();
    expect(name).toMatch(/^[\w-]+\.md$/);
    expect(text).toMatch(/^[A-Z`].*\.$/s);
    expect(text).not.toMatch(/^#/m);
    expect(text.length).toBeLessThan(600);
  });
});
