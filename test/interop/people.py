"""
A person at a client: slixmpp as it comes, with a tape of every byte received.
Owns the connection, the tape, the inbox of received stanzas and the waiting for one of them.
Does not check anything (the acts do) and does not work round what slixmpp gets wrong (wire.py builds those stanzas).
Always: every wait has a limit; a stanza stays in the inbox after it was found, so that order and number can be looked at later.
Before: report.py, wire.py. After: the acts, story.py, crash.py.
"""

import asyncio
import copy
import logging
from collections import Counter
from xml.etree import ElementTree as ET

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout

from report import Missing

logging.disable(logging.ERROR)  # slixmpp reports every error stanza, and this suite provokes many

PLUGINS = [
    'xep_0004', 'xep_0030', 'xep_0059', 'xep_0060', 'xep_0115', 'xep_0199', 'xep_0313',
    'xep_0359', 'xep_0369', 'xep_0403', 'xep_0404', 'xep_0405',
]


class Person(ClientXMPP):
    def __init__(self, account, resource, nick, password, domain='localhost'):
        super().__init__(f'{account}@{domain}/{resource}', password)
        self.account, self.device, self.nick = account, resource, nick
        self.bare = f'{account}@{domain}'
        self.participant = ''  # the stable id, known after the join
        self.tape = bytearray()
        self.exempt = []  # ids of answers in which addresses are right
        self.inbox = []
        self.shown_as = ''  # the encoded address of this client, known after its presence
        self.fired = Counter()  # slixmpp's own events about MIX
        self._news = asyncio.Event()
        self.use_ipv6 = False
        for plugin in PLUGINS:
            self.register_plugin(plugin)
        # the servers of this suite listen on loopback without TLS
        mechanisms = self['feature_mechanisms']
        mechanisms.unencrypted_plain = mechanisms.unencrypted_scram = True
        self.add_filter('in', self._remember)
        for event in ('mix_message', 'mix_presence', 'mix_participant_info_publish'):
            self.add_event_handler(event, lambda _stanza, event=event: self.fired.update([event]))

    def data_received(self, data):
        self.tape += data
        super().data_received(data)

    def _remember(self, stanza):
        self.inbox.append(copy.deepcopy(stanza.xml))
        self._news.set()
        return stanza

    async def log_in(self, address, limit=15):
        ready = asyncio.ensure_future(self.wait_until('session_start', limit))
        # within TLS where the person was given an authority's certificate (`ca_certs`)
        self.connect(address, disable_starttls=self.ca_certs is None)
        try:
            await ready
        except asyncio.TimeoutError:
            raise Missing(f'{self.account} could not log in', bytes(self.tape[-2000:])) from None
        self.device = self.boundjid.resource  # a server may choose another
        await self['xep_0115'].update_caps(broadcast=False)
        await self.get_roster()
        self.send_presence()

    async def log_out(self):
        await self.disconnect(wait=2)

    async def ask(self, kind, to, payload, limit=10):
        """An IQ with that payload (XML as text); the answer, result or error, as an element."""
        return (await self.request(kind, to, payload, limit)).xml

    async def request(self, kind, to, payload, limit=10):
        """As `ask`, giving slixmpp's own reading of the answer."""
        iq = self.make_iq(self.new_id(), itype=kind, ito=to)
        iq.append(ET.fromstring(payload))
        try:
            return await iq.send(timeout=limit)
        except IqError as refusal:
            return refusal.iq
        except IqTimeout:
            raise Missing(f'{self.account} got no answer within {limit} s to {payload}', self.latest()) from None

    def say(self, to, body, kind='groupchat', more='', id=None):
        """A message; `more` is XML put beside the body. Returns its id."""
        message = self.make_message(mto=to, mbody=body, mtype=kind)
        message['id'] = id or self.new_id()
        for extension in ET.fromstring(f'<more>{more}</more>'):
            message.append(extension)
        message.send()
        return message['id']

    def mark(self):
        """A place in the inbox, to look only at what comes after it."""
        return len(self.inbox)

    def received(self, match, since=0):
        return [stanza for stanza in self.inbox[since:] if match(stanza)]

    async def until(self, what, match, since=0, limit=8):
        """The first stanza after `since` that matches; waits for it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        while True:
            found = self.received(match, since)
            if found:
                return found[0]
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0, end - loop.time()))
            except asyncio.TimeoutError:
                raise Missing(f'{self.account} did not receive {what} within {limit} s', self.latest()) from None

    def latest(self, count=6):
        return self.inbox[-count:] or 'nothing at all'
