"""
The play in a room: people at MIX and guests at clients of rooms (slixmpp's xep_0045) in one channel that hides addresses.
Owns the order of the acts and what happens when one of them cannot go on.
Does not start a server (run.mjs) and holds no check of its own (the acts).
Always: ends with status 0 only when every check held.
Before: the acts. After: run.mjs.

    python3 rooms.py --server prosody --port 5222 --service mix.localhost --password secret
"""

import acts_hidden
import acts_order
import acts_room
import curtain
from guests import Room
from report import play
from stage import QUIRKS

# With the sign that the rest is pointless when the act fails.
ACTS = [
    (acts_room.open_room, True),
    (acts_room.enter, True),
    (acts_room.clash, False),
    (acts_room.talk, False),
    (acts_room.whisper, False),
    (acts_room.rename, False),
    (acts_room.self_ping, False),
    (acts_room.remember, True),
    (acts_room.change_sides, False),
    (acts_order.configure, False),
    (acts_order.lists, False),
    (acts_order.invite, True),
]
# Here addresses become visible for a while.
LAST_ACTS = [acts_order.unmask, acts_order.put_out, acts_order.close_room]


async def main(options):
    stage = Room((options.host, options.port), options.service, QUIRKS[options.server], options.password, 'heath')
    try:
        if not await curtain.perform(stage, [(curtain.log_in, True), *ACTS]):
            return
        acts_hidden.nothing_leaked(stage)
        for act in LAST_ACTS:
            await play(stage, act)
        acts_hidden.nothing_leaked(stage, curtain.alice_and_others(stage))
    finally:
        await curtain.log_out(stage)


curtain.run(main, curtain.options(), 100)
