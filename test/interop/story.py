"""
The story of three people in a channel that hides addresses, played with slixmpp against any server that has Vizard.
Owns the order of the acts and what happens when one of them cannot go on.
Does not start a server (run.mjs) and holds no check of its own (the acts).
Always: ends with status 0 only when every check held.
Before: the acts. After: run.mjs.

    python3 story.py --server ejabberd --port 5222 --service mix.localhost --password secret
"""

import acts_channel
import acts_hidden
import acts_talk
import curtain
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


async def main(options):
    stage = Stage((options.host, options.port), options.service, QUIRKS[options.server], options.password)
    try:
        if not await curtain.perform(stage, [(curtain.log_in, True), *ACTS]):
            return
        acts_hidden.nothing_leaked(stage)
        await play(stage, acts_hidden.drop_masks)
        acts_hidden.nothing_leaked(stage, curtain.alice_and_others(stage))
    finally:
        await curtain.log_out(stage)


curtain.run(main, curtain.options(), 100)
