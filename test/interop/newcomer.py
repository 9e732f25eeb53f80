"""
Newcomers at the embedded server, with slixmpp as it comes: an account by a token, a file, an invite for the next, the lobby.
Owns the checks of XEP-0077, 0445, 0401 and 0363 from outside, and of what a first start promises.
Does not start the server (run.mjs), and knows of its pages only the links that it was given.
Always: ends with status 0 only when every check held.
Before: people.py, report.py. After: run.mjs.

    python3 newcomer.py --port 5222 --first http://127.0.0.1:5280/invite/... --invite http://127.0.0.1:5280/invite/...
"""

import argparse
import asyncio
import logging
import sys
import types
import urllib.error
import urllib.request
from xml.etree import ElementTree as ET

# slixmpp's xep_0363 wants this only to send the file, which is done here, so that the answers can be looked at
sys.modules.setdefault('aiohttp', types.SimpleNamespace(ClientSession=None))

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError

import report
from report import Missing, check

logging.disable(logging.ERROR)  # slixmpp reports every log-in that fails, and some have to

DOMAIN, SERVICE, LOBBY = 'localhost', 'mix.localhost', 'lobby@mix.localhost'
FIRST, SECOND, THIRD = 'midwife-xc5', 'seawitch-pt8', 'imp-ju3'
PASSWORD = 'in thunder, lightning'
LIMIT = 10


class Newcomer(ClientXMPP):
    """With a token: makes the account before the log-in, as slixmpp lets a program do."""

    def __init__(self, name, password=PASSWORD, token=None):
        super().__init__(f'{name}@{DOMAIN}/first-o9', password)
        self.token, self.refusal, self.use_ipv6 = token, None, False
        for plugin in ('xep_0004', 'xep_0030', 'xep_0050', 'xep_0060', 'xep_0077', 'xep_0313', 'xep_0363',
                       'xep_0369', 'xep_0404', 'xep_0405'):
            self.register_plugin(plugin)
        self['feature_mechanisms'].unencrypted_plain = self['feature_mechanisms'].unencrypted_scram = True
        if token is not None:
            self._always_send_everything = True  # else slixmpp keeps its own registration back until after the log-in
            self.add_event_handler('register', self.register)

    async def register(self, _form):
        try:
            await self.ask('set', f'<preauth xmlns="urn:xmpp:pars:0" token="{self.token}"/>')
            iq = self.make_iq_set(ito=DOMAIN)
            iq['register']['username'], iq['register']['password'] = self.boundjid.user, self.password
            await iq.send(timeout=LIMIT)
        except IqError as error:
            self.refusal = error.iq['error']['condition']
            self.disconnect(wait=0)

    async def ask(self, kind, payload, to=DOMAIN):
        iq = self.make_iq(self.new_id(), itype=kind, ito=to)
        iq.append(ET.fromstring(payload))
        return await iq.send(timeout=LIMIT)

    async def log_in(self, address):
        """Whether the session has begun."""
        outcome = asyncio.get_running_loop().create_future()
        for event in ('session_start', 'disconnected', 'failed_all_auth'):
            self.add_event_handler(event, lambda _, event=event: outcome.done() or outcome.set_result(event))
        self.connect(address, disable_starttls=True)
        try:
            if await asyncio.wait_for(outcome, LIMIT) != 'session_start':
                return False
        except asyncio.TimeoutError:
            return False
        await self.get_roster()
        self.send_presence()
        return True


def token_of(link):
    return link.rpartition('/')[2]


async def http(url, method='GET', body=None, kind=None):
    """(status, headers, body) of one request."""
    def go():
        request = urllib.request.Request(url, body, {'content-type': kind} if kind else {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()
    return await asyncio.get_running_loop().run_in_executor(None, go)


async def make_accounts(address, first, invite):
    operator = Newcomer(FIRST, token=token_of(first))
    if not check(await operator.log_in(address), 'the first link makes an account, which logs in', '', operator.refusal):
        raise Missing('there is no operator', operator.refusal)
    second = Newcomer(SECOND, token=token_of(invite))
    if not check(await second.log_in(address), 'the invite makes another', '', second.refusal):
        raise Missing('there is no second account', second.refusal)
    late = Newcomer(THIRD, token=token_of(invite))
    check(not await late.log_in(address) and late.refusal == 'item-not-found',
          'an invite that has been used makes no account', '', late.refusal)
    return operator, second


async def invite_another(operator, second, address):
    found = await operator['xep_0050'].get_commands(DOMAIN)
    nodes = [item[1] for item in found['disco_items']['items']]
    check('urn:xmpp:invite#invite' in nodes, 'the operator finds the command that invites', '', found.xml)
    none = await second['xep_0050'].get_commands(DOMAIN)
    check(not none['disco_items']['items'], 'the second person does not', '', none.xml)
    answer = await operator['xep_0050'].send_command(DOMAIN, 'urn:xmpp:invite#invite')
    form = answer['command']['form'].get_values()
    token = token_of(form['landing-url'])
    check(form['uri'] == f'xmpp:{DOMAIN}?register;preauth={token}' and form['expire'],
          'it gives a link for a client, one for a browser, and a time', '', answer.xml)
    third = Newcomer(THIRD, token=token)
    check(await third.log_in(address), 'and that makes an account', '', third.refusal)
    return third


async def upload(sender):
    # slixmpp's own search cannot run on Python 3.11
    found = await sender['xep_0030'].get_info(DOMAIN, cached=False)
    info = found['disco_info']
    check('urn:xmpp:http:upload:0' in info['features'] and any(one[:2] == ('store', 'file') for one in info['identities']),
          'discovery tells where files are taken', '', found.xml)
    picture = bytes(range(256)) * 40
    slot = await sender['xep_0363'].request_slot(DOMAIN, 'My Cauldron.PNG', len(picture), 'image/png')
    put, get = slot['http_upload_slot']['put']['url'], slot['http_upload_slot']['get']['url']
    check(sender.boundjid.user not in get and 'auldron' not in get and get.endswith('.png'),
          'the address of a file tells neither who uploaded it nor its name', '', get)
    status, _, said = await http(put, 'PUT', picture, 'image/png')
    check(status == 201, 'the file is taken', '', (status, said))
    status, headers, body = await http(get)
    check(status == 200 and body == picture and headers['content-type'] == 'image/png',
          'and is what was uploaded', '', (status, dict(headers)))
    status, _, _ = await http(put, 'PUT', picture, 'image/png')
    check(status == 409, 'nobody puts another in its place', '', status)
    try:
        await sender['xep_0363'].request_slot(DOMAIN, 'a', 10 ** 12, 'image/png')
        check(False, 'a file that is too large is refused')
    except IqError as error:
        size = error.iq.xml.find('.//{urn:xmpp:http:upload:0}max-file-size')
        check(size is not None, 'a file that is too large is refused, and the largest size told', '', error.iq.xml)


async def find_the_lobby(person):
    items = (await person['xep_0030'].get_items(SERVICE))['disco_items']['items']
    check(any(item[0] == LOBBY for item in items), 'there is a lobby on the first start', '', items)
    join = (f'<client-join xmlns="urn:xmpp:mix:pam:2" channel="{LOBBY}"><join xmlns="urn:xmpp:mix:core:1">'
            '<nick>Third</nick><subscribe node="urn:xmpp:mix:nodes:messages"/></join></client-join>')
    await person.ask('set', join, person.boundjid.bare)
    heard = []
    async for message in person['xep_0313'].iterate(LOBBY):
        heard.append(message['mam_result']['forwarded']['stanza'])
    check(any('Welcome' in message['body'] for message in heard), 'and in it stands a word of welcome', '', heard)
    check(all(DOMAIN not in message['from'].domain.removesuffix(SERVICE) for message in heard),
          'by nobody with an address', '', heard)


async def change_and_go(person, address):
    await person['xep_0077'].change_password('when the hurlyburly is done', DOMAIN)
    again = Newcomer(person.boundjid.user, 'when the hurlyburly is done')
    check(await again.log_in(address), 'a changed password is the one that counts')
    ended = asyncio.ensure_future(again.wait_until('disconnected', LIMIT))
    answer = await again['xep_0077'].cancel_registration(DOMAIN)
    check(answer['type'] == 'result', 'an account that goes is told so', '', answer.xml)
    await ended
    gone = Newcomer(person.boundjid.user, 'when the hurlyburly is done')
    check(not await gone.log_in(address), 'and is gone')


async def main(options):
    address = ('127.0.0.1', options.port)
    try:
        operator, second = await make_accounts(address, options.first, options.invite)
        third = await invite_another(operator, second, address)
        await upload(second)
        await find_the_lobby(third)
        await change_and_go(third, address)
    except (Missing, IqError, asyncio.TimeoutError) as error:
        received = getattr(error, 'received', error.iq.xml if hasattr(error, 'iq') else '')
        check(False, f'the newcomers came to the end: {error!r}', '', received)
        return
    for person in (operator, second):
        await person.disconnect(wait=2)


parser = argparse.ArgumentParser()
parser.add_argument('--port', type=int, required=True)
parser.add_argument('--first', required=True)
parser.add_argument('--invite', required=True)
asyncio.run(asyncio.wait_for(main(parser.parse_args()), 80))
sys.exit(1 if report.failed else 0)
