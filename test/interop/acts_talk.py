"""
The acts about what is said: presence, messages, the archive, private messages (XEP-0403, 0369 §7.1.6, 0313, 0404 §3.2).
Owns what is checked of each copy: who it comes from, under which id, and that no address is in it.
Does not look at the raw tape (acts_hidden.py).
Always: every message has a body of its own, by which its copies are found.
Before: stage.py, report.py, wire.py. After: story.py.
"""

import asyncio

from report import check
from stage import appear, is_groupchat
from wire import CLIENT, CORE, INFO, MAM, PRESENCE, SID, STANZAS, body, condition, features, presence_of, shown_jids


async def be_present(stage):
    alice, bob, channel = stage.alice, stage.bob, stage.channel
    for person in stage.people:
        appear(stage, person)
    first = await bob.until("alice's presence", presence_of(alice.participant, channel), limit=10)
    await alice.until("bob's presence", presence_of(bob.participant, channel), limit=10)
    resource = first.get('from').partition('/')[2]
    check(resource != '' and resource.lower() != alice.device,
          'presence comes from id#channel with another resource than the real one', 'PRES-03 ANON-27', first)
    check(first.findtext(f'{PRESENCE}mix/{PRESENCE}nick') == alice.nick and not shown_jids(first),
          'it shows the nick and no address', 'PRES-07 PRES-08 ANON-26', first)
    check(bob.fired['mix_presence'] > 0, 'slixmpp understands it as MIX presence', 'PRES-07', bob.fired)
    since = bob.mark()
    appear(stage, alice, 'dnd')
    second = await bob.until('the new presence', presence_of(alice.participant, channel, show='dnd'), since)
    check(second.get('from') == first.get('from'),
          'a change of presence is passed on, from the same address', 'PRES-10 ANON-33', second)
    alice.shown_as, bob.shown_as = first.get('from'), await own_address(stage, bob)


async def own_address(stage, person):
    seen = await stage.alice.until('a presence', presence_of(person.participant, stage.channel))
    return seen.get('from')


# What a careless or hostile client puts beside the body: each names the sender's real address and none may get through.
def careless(person):
    return (
        f'<origin-id xmlns="urn:xmpp:sid:0" id="origin-77"/>'
        f'<foo xmlns="urn:test">kept</foo>'
        f'<stanza-id xmlns="urn:xmpp:sid:0" id="s1" by="{person.boundjid.full}"/>'
        f'<delay xmlns="urn:xmpp:delay" from="{person.boundjid.full}" stamp="2026-01-01T00:00:00Z"/>'
        f'<addresses xmlns="http://jabber.org/protocol/address"><address type="to" jid="{person.bare}"/></addresses>'
        f'<nick xmlns="http://jabber.org/protocol/nick">{person.account}</nick>'
        f'<mix xmlns="urn:xmpp:mix:core:1"><nick>{person.account}</nick><jid>{person.bare}</jid></mix>'
        f'<bar xmlns="urn:test" who="{person.bare}">xmpp:{person.bare}</bar>'
    )


async def talk(stage):
    for sender, line in ((stage.alice, 'when shall we three meet again'), (stage.bob, 'when the hurlyburly is done')):
        id = sender.say(stage.channel, line, more=careless(sender), id=f'own-{sender.nick[0]}1')
        copies = [await person.until(f'"{line}"', body(line)) for person in stage.people]
        ids = {copy.get('id') for copy in copies}
        check(all(is_groupchat(stage, sender)(copy) for copy in copies),
              f'what {sender.nick} says reaches all three from channel/id', 'CORE-66 CORE-67 CORE-75', copies)
        check(len(ids) == 1 and id not in ids, 'every copy has one id, and not the one the sender chose', 'CORE-72', copies)
        # an account that archives adds a stamp of its own to what it hands over (PAM-36)
        stamps = [[(stamp.get('id'), stamp.get('by')) for stamp in copy.findall(f'{SID}stanza-id')
                   if stamp.get('by') != person.bare] for person, copy in zip(stage.people, copies)]
        check(all(stamp == [(copy.get('id'), stage.channel)] for stamp, copy in zip(stamps, copies)),
              "it is stamped with the channel's stanza-id, and with none that the sender put in", 'MAM-33 MAM-35', copies)
        # ejabberd delivers to bare addresses only beside a stray empty <mix/> (README.md), so named ones are counted
        mixes = copies[0].findall(f'{CORE}mix')
        check(len(mixes) == 1 and mixes[0].findtext(f'{CORE}nick') == sender.nick and not shown_jids(copies[0]),
              "the only <mix> is the channel's, with the nick and no address", 'CORE-69 CORE-71 ANON-22', copies)
        check(all(copy.find(f'{SID}origin-id') is not None and copy.findtext('{urn:test}foo') == 'kept' for copy in copies),
              'origin-id and unknown extensions are kept', 'CORE-73 CORE-74', copies)
    check(stage.bob.fired['mix_message'] >= 2, 'slixmpp understands them as MIX messages', 'CORE-69', stage.bob.fired)


async def archive(stage):
    owner, alice = stage.owner, stage.alice
    for number in range(3):
        alice.say(stage.channel, f'double, double {number}')
    await owner.until('the last of three', body('double, double 2'))
    live = [message.get('id') for message in owner.received(is_groupchat(stage))]
    ids, pages, after = [], 0, None
    while pages < 20:
        page = await query(stage, owner, after)
        pages += 1
        results = list(page.results)
        ids += [result.get('id') for result in results]
        if page.complete or not results:
            break
        check(len(results) == 2, f'page {pages} of the archive holds the two that were asked for', 'MAM-13', results)
        after = page.last
    check(ids == live, 'page by page the archive holds what was heard live, same ids, same order',
          'CORE-84 CORE-82 MAM-02 MAM-05 MAM-07 MAM-13', f'{ids} instead of {live}')
    check(page.complete and pages == (len(live) + 1) // 2, 'and says when it is complete', 'MAM-17', pages)
    held = page.results[-1].find(f'.//{CLIENT}message')
    check(held.get('to') is None and held.get('from') == f'{stage.channel}/{alice.participant}' and not shown_jids(held),
          'an archived message is the one that was heard, without to and without an address', 'CORE-85 ANON-24', held)
    answers = []
    for guess in (alice.bare, 'nobody-at-all@localhost'):
        answers.append(await query(stage, stage.bob, None, guess))
    check(all(answer.complete and not answer.results for answer in answers),
          'asked for a real address the archive answers as for a stranger: empty', 'MAM-11', [a.fin for a in answers])


class Page:
    def __init__(self, results, fin):
        self.results, self.fin = results, fin
        self.complete = fin.get('complete') in ('true', '1')
        self.last = fin.findtext('{http://jabber.org/protocol/rsm}set/{http://jabber.org/protocol/rsm}last')


async def query(stage, person, after, sender=None, size=2):
    """One page of the channel's archive, by slixmpp's XEP-0313."""
    rsm = {'max': size, 'after': after} if after else {'max': size}
    answer = await person['xep_0313'].retrieve(jid=stage.channel, with_jid=sender, rsm=rsm, timeout=10)
    results = [message.xml.find(f'{MAM}result') for message in answer['mam']['results']]
    return Page(results, answer.xml.find(f'{MAM}fin'))


async def speak_privately(stage):
    alice, bob, owner = stage.alice, stage.bob, stage.owner
    since = owner.mark()
    id = alice.say(stage.encoded(bob), 'private meeting?', kind='chat', more=careless(alice))
    heard = await bob.until('the private message', body('private meeting?'))
    check(heard.get('from') == alice.shown_as,
          "a private message comes from the sender's encoded address, the one of her presence", 'ANON-03 ANON-90', heard)
    check(heard.get('id') == id and heard.get('type') == 'chat' and heard.find(f'{CORE}mix') is None,
          'with the id and type it was sent with', 'ANON-92', heard)
    bob.say(heard.get('from'), 'at midnight', kind='chat')
    answer = await alice.until('the answer', body('at midnight'))
    check(answer.get('from') == bob.shown_as, 'an answer to that full address gets back to her', 'ANON-88 ANON-93', answer)
    info = await bob['xep_0030'].get_info(jid=alice.shown_as, cached=False, timeout=10)
    check(str(info['from']) == alice.shown_as and 'urn:xmpp:mix:core:1' in features(info.xml),
          "her client's features can be asked through that address", 'ANON-36 PRES-29 PRES-30', info.xml)
    # slixmpp knows no version query, so its own error comes back
    error = await alice.ask('get', bob.shown_as, '<query xmlns="jabber:iq:version"/>')
    check(condition(error) == 'feature-not-implemented/cancel' and error.get('from') == bob.shown_as
          and error.find(f'.//{STANZAS}text') is None,
          'an error of the client comes back from that address too, without its text', 'PRES-30 LEAK-11', error)
    lost = await bob.ask('get', f'{stage.encoded(alice)}/nosuch', f'<query xmlns="{INFO[1:-1]}"/>')
    check(condition(lost) == 'service-unavailable/cancel', 'an unknown resource is refused', 'ANON-38', lost)
    await asyncio.sleep(0.3)
    check(not owner.received(body('private meeting?'), since), 'nobody else hears it', 'ANON-95')
    page = await query(stage, bob, None, size=50)
    texts = [result.findtext(f'.//{CLIENT}body') for result in page.results]
    check('private meeting?' not in texts and 'at midnight' not in texts,
          'and the channel does not archive it', 'ANON-94 MAM-31', texts)
