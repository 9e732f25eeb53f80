"""
The story of three people in a channel that hides addresses, played with slixmpp against any server that has Vizard.
Owns the order of the acts and what happens when one of them cannot go on.
Does not start a server (run.mjs) and holds no check of its own (the acts).
Always: ends with status 0 only when every check held.
Before: the acts. After: run.mjs.

    python3 story.py --server ejabberd --port 5222 --service mix.localhost --password secret
"""

import argparse
import asyncio
import sys

import acts_channel
import acts_hidden
import acts_talk
import report
from report import play
from stage import QUIRKS, Stage

# With the sign that the rest is pointless when the act fails.
ACTS = [
    (acts_channel.discover, True),
    (acts_channel.create, True),
    (acts_channel.stay_outside, False),
    (acts_channel.join_all, True),
    (acts_channel.prefer, False),
    (acts_talk.be_present, False),
    (acts_talk.talk, False),
    (acts_talk.archive, False),
    (acts_hidden.look_round, False),
    (acts_talk.speak_privately, False),
    (acts_hidden.unmask, False),
    (acts_channel.rename, False),
    (acts_channel.leave_and_return, False),
]


async def log_in(stage):
    for person in stage.people:
        await person.log_in(stage.address)


async def main(options):
    stage = Stage((options.host, options.port), options.service, QUIRKS[options.server], options.password)
    try:
        if not await play(stage, log_in):
            return
        for act, needed in ACTS:
            if not await play(stage, act) and needed:
                return
        acts_hidden.nothing_leaked(stage)
        await play(stage, acts_hidden.drop_masks)
        # after the change of mode only she who said never is hidden from the others, and the others from her
        alice = stage.alice
        acts_hidden.nothing_leaked(stage, [(one, other) for one in stage.people for other in stage.people
                                           if one is not other and alice in (one, other)])
    finally:
        for person in stage.people:
            await person.log_out()


parser = argparse.ArgumentParser()
parser.add_argument('--server', choices=QUIRKS, required=True)
parser.add_argument('--host', default='127.0.0.1')
parser.add_argument('--port', type=int, required=True)
parser.add_argument('--service', default='mix.localhost')
parser.add_argument('--password', required=True)
asyncio.run(asyncio.wait_for(main(parser.parse_args()), 100))
sys.exit(1 if report.failed else 0)
