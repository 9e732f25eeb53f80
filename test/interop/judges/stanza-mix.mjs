/**
 * XEP-0369 and XEP-0405 for stanza, in the words of its own JXT: what somebody would write who teaches it MIX.
 * Owns the few elements that the acts need, and XEP-0445's token.
 * Does not send anything (stanza.mjs, acts_newcomer.mjs).
 * Always: the library's public way to extend it, `client.stanzas.define`.
 * Before: nothing. After: stanza.mjs.
 */
const MIX = 'urn:xmpp:mix:core:1';
const PAM = 'urn:xmpp:mix:pam:2';

export function mixDefinitions({ attribute, childText, multipleChildAttribute }) {
  const channel = attribute('channel');
  return [
    { element: 'create', namespace: MIX, path: 'iq.mixCreate', fields: { channel } },
    { element: 'client-join', namespace: PAM, path: 'iq.mixClientJoin', fields: { channel } },
    { element: 'client-leave', namespace: PAM, path: 'iq.mixClientLeave', fields: { channel } },
    { element: 'leave', namespace: MIX, aliases: ['iq.mixClientLeave.leave'] },
    {
      element: 'join',
      namespace: MIX,
      aliases: ['iq.mixClientJoin.join'],
      fields: {
        id: attribute('id'),
        nick: childText(null, 'nick'),
        nodes: multipleChildAttribute(null, 'subscribe', 'node'),
      },
    },
    {
      element: 'mix',
      namespace: MIX,
      path: 'message.mix',
      fields: { nick: childText(null, 'nick'), jid: childText(null, 'jid') },
    },
  ];
}

export function preauthDefinition({ attribute }) {
  return {
    element: 'preauth',
    namespace: 'urn:xmpp:pars:0',
    path: 'iq.preauth',
    fields: { token: attribute('token') },
  };
}
