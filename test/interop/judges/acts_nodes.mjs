/**
 * The act of what only stanza has an API for (XEP-0060, 0163, 0077, 0313, 0050): nodes, the password, and small questions.
 * Owns what is checked of them.
 * Does not check who may see a node (the host's own tests do).
 * Always: what is made here is removed, and the password is at the end what it was.
 * Before: report.mjs, stanza.mjs. After: judges.mjs.
 */
import { check } from './report.mjs';
import { StanzaJs } from './stanza.mjs';

const NICK = 'http://jabber.org/protocol/nick';
const NODE = 'urn:example:docket';

export async function keepNodes({ judges }) {
  const { api } = judges.find((judge) => judge instanceof StanzaJs);
  await api.createNode('', NODE);
  const { fields } = await api.getNodeConfig('', NODE);
  check(
    fields.some(({ name, value }) => name === 'pubsub#access_model' && value === 'presence'),
    'stanza makes a node, and reads how it is set up',
    fields,
  );
  const values = { FORM_TYPE: 'http://jabber.org/protocol/pubsub#node_config', 'pubsub#max_items': '2' };
  const changed = Object.entries(values).map(([name, value]) => ({ name, value }));
  await api.configureNode('', NODE, { type: 'submit', fields: changed });
  for (const id of ['one', 'two', 'three']) await api.publish('', NODE, { itemType: NICK, nick: id }, id);
  const { items } = await api.getItems('', NODE);
  check(
    items
      .map(({ id, content }) => `${id} ${content.nick}`)
      .sort()
      .join() === 'three three,two two',
    'changes that, publishes, and finds as many items as there is room for',
    items,
  );
  await api.retract('', NODE, 'two', true);
  check(
    (await api.getItem('', NODE, 'three')).content.nick === 'three',
    'retracts one, and fetches the other',
  );
  await api.deleteNode('', NODE);
  const gone = await api.getItems('', NODE).catch(({ error }) => error.condition);
  check(gone === 'item-not-found', 'and removes the node', gone);
  await api.publishNick('Usher');
  check((await api.getItems('', NICK)).items[0].content.nick === 'Usher', 'a node of XEP-0163 makes itself');
  await api.deleteNode('', NICK);
}

export async function keepAccount({ judges, again, password }) {
  const judge = judges.find((one) => one instanceof StanzaJs);
  const { api, account } = judge;
  const { registered, username } = await api.getAccountInfo('localhost');
  check(
    registered === true && username === account,
    'stanza asks under which name it is registered',
    username,
  );
  await api.updateAccount('localhost', { username: account, password: 'another password' });
  const refused = await again(judge, judge.port)
    .logIn()
    .catch((error) => error.message);
  check(refused === 'not-authorized/sasl', 'it changes the password, and the old one is refused', refused);
  await api.updateAccount('localhost', { username: account, password });
  const { fields } = await api.getHistorySearchForm('');
  check(
    fields.some(({ name }) => name === 'with') && fields.some(({ name }) => name === 'before-id'),
    'it reads by what the archive can be searched',
    fields,
  );
  const { name } = await api.getSoftwareVersion('localhost');
  check(name === 'Vizard', 'and what the server is', name);
}
