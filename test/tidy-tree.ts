/**
 * The rules of STYLE.md that a machine can check: what they are checked on.
 * Owns the walk over the project's files, and what one TypeScript file imports, calls and declares.
 * Does not judge (tidy-imports.ts, tidy-text.ts).
 * Always: a rule gets files as values, so that its own test can hand it bad ones.
 * Before: test/tidy.test.ts. After: test/tidy-imports.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** A file, by its path from the root of the project, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Complaints about files, each as `path:line: what is wrong and what to do instead`. */
export type Rule = (files: readonly SourceFile[]) => string[];

export interface Import {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** A path from the root for relative specifiers; undefined for packages and Node's own modules. */
  readonly target: string | undefined;
  /** The names that are taken; 'everything' for a namespace, `export *` and `import()`. */
  readonly names: readonly string[] | 'everything';
  /** Nothing of it is left when the types are stripped. */
  readonly isTypeOnly: boolean;
}

const SKIPPED = ['node_modules', '.git', 'dist', 'data', 'examples'];
/** Made by `npm run docs`. */
const MADE = 'docs/api';
const ROOTS = ['src', 'test', 'bench', 'bin', 'web', 'docs', 'changes', 'examples', 'contrib', '.ci'];
const TEXT = /\.(ts|tsx|mjs|js|py|scs|md|toml|css|html|sh|lua)$|(^|\/)run$/;

/** Every text file of ours below `root`: sources, tests, tools and documents. */
export function readTree(root: string): SourceFile[] {
  const top = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map(({ name }) => name);
  const below = ROOTS.flatMap((folder) => walk(root, folder));
  return [...top, ...below].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function walk(root: string, folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) || path === MADE ? [] : walk(root, path);
    return TEXT.test(path) ? [path] : [];
  });
}

export function isCode({ path }: SourceFile): boolean {
  return /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
}

/** Code that is shipped: below src/, and no test. */
export function isShipped(file: SourceFile): boolean {
  return file.path.startsWith('src/') && isCode(file) && !file.path.endsWith('.test.ts');
}

/** The web client is a workspace of its own; its tools and tests import what they like. */
export function isWeb(file: SourceFile): boolean {
  return file.path.startsWith('web/') && isCode(file) && !/\.(test|config)\.ts$/.test(file.path);
}

const parsed = new WeakMap<SourceFile, ts.SourceFile>();

function tree(file: SourceFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const made = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  parsed.set(file, made);
  return made;
}

function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function everyNode(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => everyNode(child, visit));
}

/** All imports of a file, re-exports, `import()` and types in `import('…')` included. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, text: string, names: Import['names'], isTypeOnly: boolean): void => {
    const isRelative = text.startsWith('.');
    const target = isRelative ? normalize(join(dirname(file.path), text)).replaceAll('\\', '/') : undefined;
    found.push({ line: lineOf(node), specifier: text, target, names, isTypeOnly });
  };
  everyNode(tree(file), (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      add(node, node.moduleSpecifier.text, importedNames(clause), isTypesOnly(clause));
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const named =
        node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
      const isTypeOnly = node.isTypeOnly || (named?.every((name) => name.isTypeOnly) ?? false);
      add(node, node.moduleSpecifier.text, named?.map(originalName) ?? 'everything', isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal))
        add(node, node.argument.literal.text, 'everything', true);
    } else if (ts.isCallExpression(node) && isLoading(node.expression)) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) add(node, argument.text, 'everything', false);
    }
  });
  return found;
}

function isLoading(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function importedNames(clause: ts.ImportClause | undefined): Import['names'] {
  if (clause === undefined) return [];
  const own = clause.name === undefined ? [] : ['default'];
  const { namedBindings } = clause;
  if (namedBindings === undefined) return own;
  return ts.isNamespaceImport(namedBindings)
    ? 'everything'
    : [...own, ...namedBindings.elements.map(originalName)];
}

function originalName({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (propertyName ?? name).text;
}

function isTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  if (clause.name !== undefined || namedBindings === undefined || ts.isNamespaceImport(namedBindings))
    return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((name) => name.isTypeOnly);
}

/** A use of a global or of a member, as `setTimeout`, `Date.now`, `new Date`, `process.env`. */
export interface Use {
  readonly line: number;
  readonly name: string;
}

/** The calls and member accesses of a file whose root is a plain name. `new Date` is one without arguments. */
export function usesOf(file: SourceFile): Use[] {
  const found: Use[] = [];
  everyNode(tree(file), (node) => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      found.push({ line: lineOf(node), name: `${node.expression.text}.${node.name.text}` });
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      found.push({ line: lineOf(node), name: node.expression.text });
    } else if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
      const isBare = (node.arguments ?? []).length === 0;
      if (isBare) found.push({ line: lineOf(node), name: `new ${node.expression.text}` });
    }
  });
  return found;
}

/** The functions of a file, methods and arrows included, with the lines that each takes. */
export function functionsOf(file: SourceFile): { readonly line: number; readonly lines: number }[] {
  const found: { line: number; lines: number }[] = [];
  const source = tree(file);
  everyNode(source, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return;
    const line = lineOf(node);
    found.push({ line, lines: source.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - line });
  });
  return found;
}
