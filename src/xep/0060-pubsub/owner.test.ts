/**
 * XEP-0060 Publish-Subscribe 1.30.0 (2025-11-11) §7.1.5, §8: requests of a node's owner, both ways.
 * The document's examples, and options that cannot be.
 * Does not make any node (host/pep/pep.test.ts).
 * Always: what is written is read again.
 * Before: xep/0060-pubsub/owner.ts. After: host/pep/pep.test.ts.
 */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { child } from '../../xml/element.ts';
import {
  buildConfigure,
  buildCreate,
  buildDelete,
  buildOptions,
  buildPublishOptions,
  NODE_CONFIG,
  parseOptions,
  parseOwnerRequest,
  PUBLISH_OPTIONS,
  type NodeOptions,
} from './owner.ts';

const NS = 'http://jabber.org/protocol/pubsub';
const all: NodeOptions = {
  accessModel: 'whitelist',
  maxItems: 'max',
  persistItems: true,
  sendLastItem: 'never',
};
const refusedWith = (condition: string): unknown => expect.objectContaining({ condition });

test('what the owner asks is read as it was written', () => {
  const given = { ...all, others: [] };
  expect(parseOwnerRequest(buildCreate('n'))).toEqual({ verb: 'create', node: 'n', options: undefined });
  expect(parseOwnerRequest(buildCreate('n', all))).toEqual({ verb: 'create', node: 'n', options: given });
  expect(parseOwnerRequest(buildConfigure('n'))).toEqual({
    verb: 'configure',
    node: 'n',
    options: undefined,
  });
  const form = buildOptions(all, NODE_CONFIG);
  expect(parseOwnerRequest(buildConfigure('n', form))).toMatchObject({ verb: 'configure', options: given });
  expect(parseOwnerRequest(buildDelete('n'))).toEqual({ verb: 'delete', node: 'n' });
  expect(parseOptions(buildPublishOptions({ maxItems: 3 }), PUBLISH_OPTIONS)).toEqual({
    maxItems: 3,
    others: [],
  });
});

test('other requests are none of the owner, and a node has to be named', () => {
  for (const xml of [
    `<pubsub xmlns='${NS}'><items node='n'/></pubsub>`,
    `<pubsub xmlns='${NS}'/>`,
    `<pubsub xmlns='${NS}#owner'><purge node='n'/></pubsub>`,
    `<pubsub xmlns='${NS}#owner'><delete node='n'/><delete node='m'/></pubsub>`,
  ])
    expect(parseOwnerRequest(parseElement(xml))).toBeUndefined();
  const nameless = parseElement(`<pubsub xmlns='${NS}#owner'><delete/></pubsub>`);
  expect(() => parseOwnerRequest(nameless)).toThrow(refusedWith('bad-request'));
});

test('a form that is to be filled in says what can be chosen', () => {
  const form = buildOptions(all, NODE_CONFIG, 'form');
  const access = form.children.find(
    (node) => typeof node === 'object' && 'attrs' in node && node.attrs['var'] === 'pubsub#access_model',
  );
  expect(access).toMatchObject({ attrs: { type: 'list-single' } });
});

test.each([
  ["<field var='pubsub#max_items'><value>0</value></field>", 'not-acceptable'],
  ["<field var='pubsub#max_items'><value>many</value></field>", 'bad-request'],
  ["<field var='pubsub#persist_items'><value>perhaps</value></field>", 'not-acceptable'],
  ["<field var='FORM_TYPE'><value>x</value></field>", 'bad-request'],
])('%s is refused with %s', (field, condition) => {
  const parent = parseElement(
    `<configure xmlns='${NS}#owner'><x xmlns='jabber:x:data' type='submit'>${field}</x></configure>`,
  );
  expect(() => parseOptions(parent, NODE_CONFIG)).toThrow(refusedWith(condition));
});

test('fields that are not known are told; a form that was cancelled says nothing', () => {
  const parent = (type: string) =>
    parseElement(
      `<configure xmlns='${NS}#owner'><x xmlns='jabber:x:data' type='${type}'><field var='y'><value>1</value></field></x></configure>`,
    );
  expect(parseOptions(parent('submit'), NODE_CONFIG)?.others.map(({ var: name }) => name)).toEqual(['y']);
  expect(parseOptions(parent('cancel'), NODE_CONFIG)).toBeUndefined();
  expect(child(buildCreate('n'), 'configure')).toBeUndefined();
});
