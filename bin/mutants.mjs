/**
 * Small mistakes that could be made in a source file.
 * Lists them: conditions turned round or left out, comparisons, booleans and cells of tables flipped, entries of sets
 * and lists gone.
 * Does not run anything (bin/mutate.mjs).
 * Always: each mutant is one change of one place, and still parses.
 * Before: bin/mutate.mjs. After: src/channel/visibility.ts.
 */
import ts from 'typescript';

const { SyntaxKind: Kind } = ts;
const OPPOSITE = new Map([
  [Kind.EqualsEqualsEqualsToken, '!=='],
  [Kind.ExclamationEqualsEqualsToken, '==='],
  [Kind.LessThanToken, '>='],
  [Kind.LessThanEqualsToken, '>'],
  [Kind.GreaterThanToken, '<='],
  [Kind.GreaterThanEqualsToken, '<'],
  [Kind.AmpersandAmpersandToken, '||'],
  [Kind.BarBarToken, '&&'],
]);
const QUANTIFIERS = { some: 'every', every: 'some' };

/** `{ start, end, text }` of each: what stands between is replaced by the text. */
export function mutantsOf(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const found = [];
  const put = (node, text) => found.push({ start: node.getStart(file), end: node.getEnd(), text });
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    mutate(node, put, file);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function mutate(node, put, file) {
  if (ts.isBinaryExpression(node)) ofBinary(node, put, file);
  else if (node.kind === Kind.TrueKeyword) put(node, 'false');
  else if (node.kind === Kind.FalseKeyword) put(node, 'true');
  else if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken)
    put(node, node.operand.getText(file));
  else if (ts.isIfStatement(node)) negate(node.expression, put, file);
  else if (ts.isConditionalExpression(node)) negate(node.condition, put, file);
  else if (ts.isPropertyAccessExpression(node) && Object.hasOwn(QUANTIFIERS, node.name.text))
    put(node.name, QUANTIFIERS[node.name.text]);
  else if (ts.isArrayLiteralExpression(node)) ofList(node, put, file);
}

function ofBinary(node, put, file) {
  const opposite = OPPOSITE.get(node.operatorToken.kind);
  if (opposite === undefined) return;
  put(node.operatorToken, opposite);
  const isLogical = opposite === '||' || opposite === '&&';
  if (!isLogical) return;
  put(node, node.left.getText(file));
  put(node, node.right.getText(file));
}

/** A comparison alone is turned round by its operator, and a negation by its own rule. */
function negate(condition, put, file) {
  const isTurned =
    (ts.isBinaryExpression(condition) && OPPOSITE.has(condition.operatorToken.kind)) ||
    ts.isPrefixUnaryExpression(condition);
  if (!isTurned) put(condition, `!(${condition.getText(file)})`);
}

/** The list without each of its entries. */
function ofList({ elements }, put) {
  for (const element of elements) put(element, '...[]');
}
