/**
 * The examples in the comments of public functions.
 * Finds what the library's doors export, and the `@example` of each function; checks the types of all of them at once.
 * Does not run them (examples.test.ts).
 * Always: an example is TypeScript that a reader can copy; everything from 'vizard' is at hand in it.
 * Before: src/index.ts. After: test/examples.test.ts.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

const root = new URL('..', import.meta.url).pathname;
const DOORS = ['src/index.ts', 'src/node/index.ts'];
const CHECKED = `${root}test/examples-checked.ts`;

/** What an example finds there already, and its type. */
export const CONTEXT: Readonly<Record<string, string>> = {
  /** Online; owns `channel` and takes part in it as 'First witch'. */
  client: 'Client',
  /** The service's address. */
  service: 'string',
  /** A channel with hidden addresses. */
  channel: 'string',
  /** Where the server is. */
  endpoint: 'string',
  /** A link with which an account can be made. */
  link: 'string',
};

export interface Example {
  /** The function. */
  readonly name: string;
  /** Of the first line of the code. */
  readonly line: number;
  readonly file: string;
  readonly code: string;
}

export interface Examples {
  readonly examples: readonly Example[];
  /** Functions, as `file: name`, that have none. */
  readonly without: readonly string[];
  /** Every name that can be imported in Node. */
  readonly names: readonly string[];
}

/** All examples of what the doors export. */
export function findExamples(): Examples {
  const program = ts.createProgram(
    DOORS.map((door) => root + door),
    options(),
  );
  const checker = program.getTypeChecker();
  const examples = new Map<string, Example>();
  const without = new Set<string>();
  const names = new Set<string>();
  for (const door of DOORS) {
    const source = program.getSourceFile(root + door);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${door} cannot be read`);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.Value) names.add(exported.name);
      const declaration = symbol.valueDeclaration;
      if (declaration === undefined || !ts.isFunctionDeclaration(declaration)) continue;
      const found = examplesOf(exported.name, declaration);
      if (found.length === 0) without.add(`${pathOf(declaration)}: ${exported.name}`);
      for (const example of found) examples.set(`${example.file}:${example.line}`, example);
    }
  }
  return { examples: [...examples.values()], without: [...without], names: [...names].sort() };
}

/** What the compiler says of them, as `file:line: complaint`. */
export function typeErrors({ examples, names }: Examples): string[] {
  const parameters = Object.entries(CONTEXT).map(([name, type]) => `${name}: ${type}`);
  const lines = [`import { ${names.join(', ')}, type Client } from '../src/node/index.ts';`];
  const origins: string[] = [''];
  examples.forEach(({ file, line, code }, at) => {
    lines.push(`export async function example${at}(${parameters.join(', ')}): Promise<void> {{`);
    origins.push('');
    code.split('\n').forEach((text, below) => {
      lines.push(text);
      origins.push(`${file}:${line + below}`);
    });
    lines.push('}}');
    origins.push('');
  });
  const text = lines.join('\n');
  const host = ts.createCompilerHost(options());
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, ...rest) =>
    path === CHECKED ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023) : read(path, ...rest);
  const program = ts.createProgram([CHECKED], options(), host);
  return [...program.getSemanticDiagnostics(), ...program.getSyntacticDiagnostics()]
    .filter(({ file }) => file?.fileName === CHECKED)
    .map(({ file, start = 0, messageText }) => {
      const at = file?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${origins[at] ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
}

/** As JavaScript. */
export function toJavaScript(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

function examplesOf(name: string, declaration: ts.FunctionDeclaration): Example[] {
  const source = declaration.getSourceFile();
  return ts
    .getJSDocTags(declaration)
    .filter((tag) => tag.tagName.text === 'example')
    .map((tag) => {
      const lines = tag.getText().split('\n');
      const code = lines.slice(1).map((line) => line.replace(/^\s*\* ?/, ''));
      const line = source.getLineAndCharacterOfPosition(tag.getStart()).line + 2;
      return { name, line, file: pathOf(declaration), code: code.join('\n').replace(/\s*\/?\s*$/, '') };
    });
}

function pathOf(node: ts.Node): string {
  return node.getSourceFile().fileName.replace(root, '');
}

function options(): ts.CompilerOptions {
  const { config } = ts.parseConfigFileTextToJson('', readFileSync(`${root}tsconfig.json`, 'utf8')) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const own = { ...config.compilerOptions, noUnusedLocals: false, noUnusedParameters: false };
  return ts.convertCompilerOptionsFromJson(own, root).options;
}
