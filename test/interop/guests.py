"""
A guest: a person at a client that knows rooms (XEP-0045) and nothing of MIX, which is slixmpp's xep_0045.
Owns coming in, what a room's presences say, and the cast of the plays in rooms.
Does not check anything (the acts do).
Always: what was received is read from the inbox; slixmpp's own list of who is there is asked besides.
Before: people.py, stage.py, report.py. After: acts_room.py, acts_order.py, rooms.py.
"""

import asyncio
from dataclasses import dataclass, field

import slixmpp.plugins.xep_0045.muc as slixmpp_muc
from slixmpp import JID
from slixmpp.exceptions import PresenceError

from people import Person
from report import Missing
from stage import Stage
from wire import CLIENT

USER = '{http://jabber.org/protocol/muc#user}'
OCCUPANT = '{urn:xmpp:occupant-id:0}'

slixmpp_muc.print = lambda *_words: None  # slixmpp 1.8.3 prints the delay of what it hears while it enters


class Guest(Person):
    def __init__(self, account, resource, nick, password):
        super().__init__(account, resource, nick, password)
        for plugin in ('xep_0045', 'xep_0249', 'xep_0421'):
            self.register_plugin(plugin)
        for event in ('groupchat_invite', 'groupchat_message', 'groupchat_config_status'):
            self.add_event_handler(event, lambda _stanza, event=event: self.fired.update([event]))

    @property
    def muc(self):
        return self['xep_0045']


@dataclass
class Room(Stage):
    """The owner and alice are there by MIX, as bob is later; the guests by rooms."""

    birnam: Guest = field(init=False)
    dunsinane: Guest = field(init=False)

    def __post_init__(self):
        super().__post_init__()
        # she takes part by MIX, and keeps order by whichever of the two has a word for it
        self.owner = Guest(self.owner.account, self.owner.device, self.owner.nick, self.password)
        self.birnam = Guest('woodguest-rw3', 'leafyres-g4', 'Birnam', self.password)
        self.dunsinane = Guest('castleguest-fd6', 'stoneres-p7', 'Dunsinane', self.password)

    @property
    def people(self):
        return (self.owner, self.alice, self.birnam, self.dunsinane)

    @property
    def room(self):
        return JID(self.channel)

    def seat(self, person):
        """The address under which occupants know that person."""
        return f'{self.channel}/{person.nick}'


async def come_in(stage, guest, stanzas=0):
    """Enters by slixmpp; returns its own presence, the subject, who is there and what was said, as slixmpp tells them."""
    since = guest.mark()
    try:
        return await guest.muc.join_muc_wait(stage.room, guest.nick, maxstanzas=stanzas, timeout=10)
    except PresenceError:
        guest.muc.rooms.pop(stage.room)  # or slixmpp takes no invitation to it
        raise
    except asyncio.TimeoutError:
        raise Missing(f'slixmpp could not tell whether {guest.account} has entered', guest.inbox[since:]) from None


async def go_out(stage, guest):
    """Leaves; slixmpp would take the end of this stay for the beginning of the next one, so it is waited for."""
    since = guest.mark()
    guest.muc.leave_muc(stage.room, guest.nick)
    await guest.until('the end of its stay', presence_at(stage.seat(guest), 'unavailable', 110), since)


def move(stage, guest, nick):
    """Another nick: slixmpp has no word for that, so its user sends the presence."""
    guest.send_presence(pto=f'{stage.channel}/{nick}')


def codes(stanza):
    return {int(status.get('code')) for status in stanza.findall(f'{USER}x/{USER}status')}


def item(stanza):
    found = stanza.find(f'{USER}x/{USER}item')
    return {} if found is None else dict(found.attrib)


def occupant_id(stanza):
    found = stanza.find(f'{OCCUPANT}occupant-id')
    return None if found is None else found.get('id')


def presence_at(seat, kind=None, code=None):
    """Matches a presence of that seat in a room, of that type and, when given, with that status code."""
    return lambda stanza: (
        stanza.tag == f'{CLIENT}presence'
        and stanza.get('from') == seat
        and stanza.get('type') == kind
        and (code is None or code in codes(stanza))
    )


def told_by_room(stage, code):
    """Matches a message of the room itself with that status code."""
    return lambda stanza: stanza.tag == f'{CLIENT}message' and stanza.get('from') == stage.channel and code in codes(stanza)
