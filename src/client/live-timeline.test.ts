/**
 * The list of messages without a connection: order, doubles, effects before their cause, bounds and cost.
 * Hands items to a timeline as archives and streams would.
 * Does not fetch or send.
 * Always: what is expected is written as a person would see it.
 * Before: client/live-timeline.ts. After: client/live-conversation.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { el, type XmlElement } from '../xml/element.ts';
import { buildReplace } from '../xep/0308-correct/wire.ts';
import { buildRetract, NS as NS_RETRACT } from '../xep/0424-retract/wire.ts';
import { buildModerated } from '../xep/0425-moderate/wire.ts';
import { buildReactions } from '../xep/0444-reactions/wire.ts';
import { OWN, type Item } from './live-item.ts';
import { Timeline } from './live-timeline.ts';

const CHANNEL = 'coven@mix.example';

interface Said {
  readonly id: string;
  readonly by?: string;
  readonly body?: string | undefined;
  readonly payloads?: readonly XmlElement[];
  readonly archiveId?: string | undefined;
}

function item({ id, by = 'hag', body, payloads = [], ...rest }: Said): Item {
  const archiveId = 'archiveId' in rest ? rest.archiveId : id;
  return {
    archiveId,
    ref: id,
    originId: undefined,
    at: 0,
    sender: { id: by },
    author: by,
    channel: CHANNEL,
    ...(body === undefined ? {} : { body }),
    payloads,
  };
}

const says = (id: string, body = id, by = 'hag'): Item => item({ id, body, by });
const corrects = (id: string, target: string, body: string, by = 'hag'): Item =>
  item({ id, by, body, payloads: [buildReplace(target)] });
const retracts = (id: string, target: string, by = 'hag'): Item =>
  item({ id, by, body: 'fallback', payloads: [buildRetract(target)] });
const reacts = (id: string, target: string, emojis: readonly string[], by: string): Item =>
  item({ id, by, payloads: [buildReactions({ id: target, emojis })] });

function timeline(messagesMax = 1_000, vouches = true): Timeline {
  return new Timeline(
    {
      isOwn: (author) => author === OWN,
      vouches,
      hides: false,
      displayedBy: () => [],
      failure: () => undefined,
      overlay: () => undefined,
    },
    messagesMax,
  );
}

const bodies = ({ views }: Timeline): (string | undefined)[] => views.map(({ body }) => body);

describe('order and doubles', () => {
  test('pages go before, live messages behind, and nothing twice', () => {
    const list = timeline();
    list.append([says('4'), says('5')]);
    list.append([says('5'), says('6')]);
    list.prepend([says('2'), says('3'), says('4')], false);
    list.prepend([says('1')], true);
    expect(bodies(list)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect([list.oldest, list.newest, list.isComplete]).toEqual(['1', '6', true]);
    expect(new Set(list.views.map(({ key }) => key)).size).toBe(6);
  });

  test('a list that was given out stays as it is; a message that did not change is the same value', () => {
    const list = timeline();
    list.append([says('1'), says('2')]);
    const before = list.views;
    list.append([corrects('3', '2', 'two')]);
    expect(before.map(({ body }) => body)).toEqual(['1', '2']);
    expect(bodies(list)).toEqual(['1', 'two']);
    expect(list.views[0]).toBe(before[0]);
  });

  test('an own message learns its place in the archive, and is not shown again', () => {
    const list = timeline();
    list.append([item({ id: 'mine', by: OWN, body: 'psst', archiveId: undefined })], () => 'k');
    list.append([item({ id: 'theirs', body: 'what?', archiveId: 'a2' })]);
    list.append([item({ id: 'mine', by: OWN, body: 'psst', archiveId: 'a1' })]);
    expect(bodies(list)).toEqual(['psst', 'what?']);
    expect(list.views[0]?.key).toBe('k');
    expect(list.refOf('a1')).toBe('mine');
    expect(list.isLater('mine', 'theirs')).toBe(true);
  });
});

test('what was sent before an answer came stands before it', () => {
  const list = timeline();
  list.append([says('1')]);
  const place = list.reserve();
  list.append([says('2'), corrects('3', 'mine', 'hidden')]);
  list.insert(item({ id: 'mine', by: OWN, body: 'psst', archiveId: undefined }), 'k', place);
  expect(bodies(list)).toEqual(['1', 'psst', '2']);
  list.append([says('4'), reacts('5', 'mine', ['👍'], 'hag')]);
  list.prepend([says('0')], true);
  expect(bodies(list)).toEqual(['0', '1', 'psst', '2', '4']);
  expect(list.views[2]?.reactions.size).toBe(1);
});

test('and does so while it is not known yet whether it was sent', () => {
  const list = timeline();
  list.append([says('1')]);
  const [first, second] = [list.reserve(), list.reserve()];
  list.append([says('2')]);
  const third = list.reserve();
  const expected = (['a', 'b', 'lost', 'c'] as const).map((body, at) => ({
    view: { ...list.views[0]!, key: body, body },
    place: [first, second, undefined, third][at],
  }));
  expect(list.joined(expected).map(({ body }) => body)).toEqual(['1', 'a', 'b', '2', 'c', 'lost']);
  expect(list.joined([])).toBe(list.views);
});

describe('what is said of messages', () => {
  test('comes before its cause when history is loaded backwards', () => {
    const list = timeline();
    list.append([corrects('5', '1', 'first'), reacts('6', '2', ['👍'], 'toad'), retracts('7', '3')]);
    expect(list.views).toEqual([]);
    list.prepend([says('1'), says('2'), says('3'), corrects('4', '1', 'fist')], true);
    expect(
      list.views.map(({ body, corrected, retracted, reactions }) => [
        body,
        corrected,
        retracted?.by,
        [...reactions],
      ]),
    ).toEqual([
      ['first', true, undefined, []],
      ['2', false, undefined, [['👍', ['toad']]]],
      [undefined, false, 'author', []],
    ]);
  });

  test('only the author corrects', () => {
    const list = timeline();
    list.append([says('1'), corrects('2', '1', 'forged', 'toad')]);
    expect(bodies(list)).toEqual(['1']);
  });

  test('a correction of what is gone from the archive stands for itself', () => {
    const list = timeline();
    list.append([says('1'), corrects('2', '0', 'zero'), says('3')]);
    expect(bodies(list)).toEqual(['1', '3']);
    list.prepend([], true);
    expect(bodies(list)).toEqual(['1', 'zero', '3']);
  });

  test('somebody else takes back only where the channel sees to it, or says so itself', () => {
    const moderated = item({
      id: '4',
      by: '',
      payloads: [buildRetract('2', buildModerated(CHANNEL, undefined, 'spam'))],
    });
    const steps = [says('1'), says('2'), retracts('3', '1', 'toad'), moderated];
    const [trusting, wary] = [timeline(), timeline(10, false)];
    trusting.append(steps);
    wary.append(steps);
    const by = ({ views }: Timeline) => views.map(({ retracted }) => retracted);
    expect(by(trusting)).toEqual([{ by: 'moderator' }, { by: 'moderator', reason: 'spam' }]);
    expect(by(wary)).toEqual([undefined, { by: 'moderator', reason: 'spam' }]);
  });

  test('a tombstone tells who did it', () => {
    const stone = (by: string, inside: readonly XmlElement[] = []): XmlElement[] => [
      el('retracted', 'urn:xmpp:mix:misc:0', { by, time: '2026-01-01T00:00:00Z' }),
      el('retracted', NS_RETRACT, { id: 'r', stamp: '2026-01-01T00:00:00Z' }, inside),
    ];
    const list = timeline();
    list.append([
      item({ id: '1', payloads: stone(`${CHANNEL}/hag`) }),
      item({ id: '2', payloads: stone(`${CHANNEL}/toad`) }),
      item({ id: '3', payloads: stone(CHANNEL, buildModerated(CHANNEL, undefined, 'no')) }),
    ]);
    expect(list.views.map(({ retracted, body, payloads }) => [retracted, body, payloads])).toEqual([
      [{ by: 'author' }, undefined, []],
      [{ by: 'moderator' }, undefined, []],
      [{ by: 'moderator', reason: 'no' }, undefined, []],
    ]);
  });

  test('reactions of one person replace one another, in whatever order they are read', () => {
    const list = timeline();
    list.append([reacts('4', '1', ['🔥'], 'toad'), reacts('5', '1', ['🔥', '👍'], 'newt')]);
    list.prepend([says('1'), reacts('2', '1', ['👎'], 'toad'), reacts('3', '1', ['👎'], 'frog')], true);
    expect([...(list.views[0]?.reactions ?? [])]).toEqual([
      ['👎', ['frog']],
      ['🔥', ['toad', 'newt']],
      ['👍', ['newt']],
    ]);
    list.append([reacts('6', '1', [], 'frog')]);
    expect(list.views[0]?.reactions.has('👎')).toBe(false);
  });
});

describe('bounds', () => {
  test('the oldest make room, with what was said of them', () => {
    const list = timeline(100);
    for (let at = 0; at < 1_000; at += 1) {
      list.append([says(String(at)), reacts(`r${at}`, String(at), ['👍'], 'toad')]);
      expect(list.views.length).toBeLessThanOrEqual(110);
    }
    expect(list.views.at(-1)?.body).toBe('999');
    expect(list.views.at(-1)?.reactions.size).toBe(1);
    expect(list.isComplete).toBe(false);
  });

  test('ten thousand messages cost ten times as much as a thousand', () => {
    const cost = (count: number): number => {
      const list = timeline(20_000);
      const since = performance.now();
      let seen = 0;
      for (let at = 0; at < count; at += 1) {
        list.append([says(String(at))]);
        list.append([reacts(`r${at}`, String(at), ['👍'], 'toad')]);
        if (at % 10 === 0) seen += list.views.length;
      }
      expect(seen).toBeGreaterThan(count);
      return performance.now() - since;
    };
    cost(1_000);
    const [small, large] = [cost(1_000), cost(10_000)];
    // A list that is walked for every message would cost a hundred times as much.
    expect(large / small).toBeLessThan(40);
  });
});
