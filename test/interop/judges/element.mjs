/**
 * XML as all judges show it: a small tree, whatever the library makes of it (RFC 6120 §8).
 * Owns the tree, how it is read from ltx (@xmpp/client) and from a DOM (strophe.js), and what is asked of it.
 * Does not send (xmppjs.mjs, strophe.mjs) nor know stanza's JSON (stanza.mjs).
 * Always: names and namespaces are what the library says they are; nothing is parsed a second time.
 * Before: nothing. After: heard.mjs, requests.mjs.
 */

/** An element to be sent; a namespace stands among the attributes, as in text. */
export function x(name, attrs = {}, ...children) {
  return { name, attrs, children: children.flat().filter((child) => child !== undefined) };
}

export function fromLtx(element) {
  return {
    name: element.getName(),
    ns: element.getNS(),
    attrs: { ...element.attrs },
    children: element.children.map((child) => (typeof child === 'string' ? child : fromLtx(child))),
  };
}

export function fromDom(element) {
  const attrs = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  const children = [...element.childNodes].flatMap((node) => {
    if (node.nodeType === 1) return [fromDom(node)];
    return node.nodeType === 3 ? [node.nodeValue] : [];
  });
  return { name: element.localName, ns: element.namespaceURI, attrs, children };
}

export function elements(parent) {
  return (parent?.children ?? []).filter((child) => typeof child !== 'string');
}

/** The first child of that name, in that namespace if one is given. */
export function child(parent, name, ns) {
  return elements(parent).find((one) => one.name === name && (ns === undefined || one.ns === ns));
}

/** All of that name below, at any depth. */
export function below(parent, name) {
  return elements(parent).flatMap((one) => [...(one.name === name ? [one] : []), ...below(one, name)]);
}

export function text(element) {
  return element?.children.filter((one) => typeof one === 'string').join('');
}
