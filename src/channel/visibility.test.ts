/** The one door for addresses: mode x preference x who asks, every cell. */
import { describe, expect, test } from 'vitest';
import { DOMAIN, Stage, jid } from '../testing/rules-kit.ts';
import { channelJid, type ParticipantId } from '../jid/public-jid.ts';
import type { ArchivedMessage, Mode, Preferences, Session } from '../storage/facts.ts';
import { isInsider, mayRead } from './access.ts';
import {
  archivedAddress,
  clientAddress,
  fits,
  isOwnAddress,
  isParticipantShown,
  isShown,
  listedAddress,
  mappedAddress,
  ownAddress,
  participantAddress,
  senderAddress,
} from './visibility.ts';

type Preference = Preferences['jidVisibility'];
const MODES: readonly Mode[] = ['jid-visible', 'jid-maybe-visible', 'jid-hidden'];
const PREFERENCES: readonly Preference[] = ['default', 'prefer not', 'never', 'prefer', 'always'];

/** D-04, every cell by hand: mode, preference, shown, may be in. */
const TABLE: readonly (readonly [Mode, Preference, boolean, boolean])[] = [
  ['jid-visible', 'default', true, true],
  ['jid-visible', 'prefer not', true, true],
  ['jid-visible', 'never', false, false],
  ['jid-visible', 'prefer', true, true],
  ['jid-visible', 'always', true, true],
  ['jid-maybe-visible', 'default', false, true],
  ['jid-maybe-visible', 'prefer not', false, true],
  ['jid-maybe-visible', 'never', false, true],
  ['jid-maybe-visible', 'prefer', true, true],
  ['jid-maybe-visible', 'always', true, true],
  ['jid-hidden', 'default', false, true],
  ['jid-hidden', 'prefer not', false, true],
  ['jid-hidden', 'never', false, true],
  ['jid-hidden', 'prefer', false, true],
  ['jid-hidden', 'always', false, false],
];

const OWNER = jid('crone1@shakespeare.example');
const ADMIN = jid('crone2@shakespeare.example');
const HECATE = jid('hecate@shakespeare.example');
const CLIENT = jid('hecate@shakespeare.example/UUID-x4r/2491');
const WITCH = jid('witch@shakespeare.example');
const STRANGER = jid('macbeth@cawdor.example');
const HECATE_SHOWN = 'hecate@shakespeare.example';
const CLIENT_SHOWN = 'hecate@shakespeare.example/UUID-x4r/2491';

interface Scene {
  readonly stage: Stage;
  readonly id: ParticipantId;
  readonly session: Session;
}

/** Hecate is there with this preference, whatever the rules of joining say. */
function scene(mode: Mode, jidVisibility: Preference): Scene {
  const stage = new Stage().create(OWNER, { administrators: [ADMIN] });
  const { id } = stage.join(HECATE);
  stage.join(WITCH);
  stage.appear(CLIENT);
  const { channel } = stage;
  channel.config = { ...channel.config!, mode };
  const hecate = channel.participants.get(id)!;
  channel.participants.set(id, { ...hecate, preferences: { ...hecate.preferences, jidVisibility } });
  return { stage, id, session: channel.clients.get(CLIENT)! };
}

function message(sender: ParticipantId, shown: boolean): ArchivedMessage {
  const rest = { nick: 'h', at: 0, payload: '', originalId: undefined, position: 1, id: 'a' };
  return { ...rest, sender, shown };
}

test('the table has every cell', () => {
  const cells = new Set(TABLE.map(([mode, preference]) => `${mode} ${preference}`));
  expect(cells.size).toBe(MODES.length * PREFERENCES.length);
});

describe.each(TABLE)('%s, %s: shown %s, may be in %s', (mode, preference, shown, mayBeIn) => {
  const { stage, id, session } = scene(mode, preference);
  const { channel } = stage;
  const bare = shown ? HECATE_SHOWN : undefined;
  const full = shown ? CLIENT_SHOWN : undefined;

  test('ANON-06, ANON-07, ANON-08: isShown is the cell', () => {
    expect(isShown(mode, preference)).toBe(shown);
    expect(isParticipantShown(channel, id)).toBe(shown);
  });

  test('ANON-13, ANON-14: fits is the cell', () => {
    expect(fits(mode, preference)).toBe(mayBeIn);
  });

  test('ANON-19, ANON-20: the participants node shows the bare address exactly where shown', () => {
    expect(participantAddress(channel, id)).toBe(bare);
  });

  test('ANON-22, ANON-23: a live message shows it where it was shown when sent, and is now', () => {
    expect(senderAddress(channel, id, true)).toBe(bare);
    expect(senderAddress(channel, id, false)).toBe(undefined);
  });

  test('ANON-26: a presence shows the full address where it was shown when decided, and is now', () => {
    expect(clientAddress(channel, session, true)).toBe(full);
    expect(clientAddress(channel, session, false)).toBe(undefined);
  });

  test('ANON-24, MAM-42: the archive shows it where it was sent in JID Visible mode, and the mode is that now', () => {
    const isVisible = mode === 'jid-visible';
    expect(archivedAddress(channel, message(id, true))).toBe(isVisible ? HECATE_SHOWN : undefined);
    expect(archivedAddress(channel, message(id, false))).toBe(undefined);
  });

  test('ANON-45: the JID map has the bare address in every cell', () => {
    expect(mappedAddress(channel, id)).toBe(HECATE_SHOWN);
  });

  test('ANON-50: whoever asks, the map is for owners and administrators', () => {
    const askers = [OWNER, ADMIN, HECATE, WITCH, STRANGER];
    expect(askers.map((asker) => mayRead(channel, 'jidmap', asker))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('ANON-25: owners, administrators and participants are insiders, others are not', () => {
    const askers = [OWNER, ADMIN, HECATE, WITCH, STRANGER];
    expect(askers.map((asker) => isInsider(channel, asker))).toEqual([true, true, true, true, false]);
  });

  test('one is told one’s own bare address, whatever the mode', () => {
    expect(ownAddress(CLIENT)).toBe(HECATE_SHOWN);
  });
});

describe('of somebody who has left', () => {
  const cases = TABLE.filter(([, , , mayBeIn]) => mayBeIn);

  test.each(cases)('%s, %s: items, live messages and the map show nothing', (mode, preference) => {
    const { stage, id } = scene(mode, preference);
    const { channel } = stage;
    channel.participants.delete(id);
    expect(isParticipantShown(channel, id)).toBe(false);
    expect(participantAddress(channel, id)).toBe(undefined);
    expect(senderAddress(channel, id, true)).toBe(undefined);
    expect(mappedAddress(channel, id)).toBe(undefined);
  });

  test.each(cases)(
    '%s, %s: the last presence shows the address only in JID Visible mode',
    (mode, preference) => {
      const { stage, id, session } = scene(mode, preference);
      stage.channel.participants.delete(id);
      const shown = mode === 'jid-visible' ? CLIENT_SHOWN : undefined;
      expect(clientAddress(stage.channel, session, true)).toBe(shown);
      expect(clientAddress(stage.channel, session, false)).toBe(undefined);
    },
  );

  test('D-40: the archive of a visible channel still names who wrote there while visible', () => {
    const { stage, id } = scene('jid-visible', 'default');
    stage.channel.participants.delete(id);
    expect(archivedAddress(stage.channel, message(id, true))).toBe(HECATE_SHOWN);
    expect(archivedAddress(stage.channel, message(id, false))).toBe(undefined);
  });
});

test('nobody stands behind an id that was never given', () => {
  const { stage } = scene('jid-visible', 'always');
  const nobody = 'nobody' as ParticipantId;
  expect(participantAddress(stage.channel, nobody)).toBe(undefined);
  expect(senderAddress(stage.channel, nobody, true)).toBe(undefined);
  expect(mappedAddress(stage.channel, nobody)).toBe(undefined);
  expect(archivedAddress(stage.channel, message(nobody, true))).toBe(undefined);
});

test('entries of the lists are shown as they are', () => {
  expect(listedAddress(HECATE)).toBe(HECATE_SHOWN);
  expect(listedAddress(jid('cawdor.example'))).toBe('cawdor.example');
});

describe('D-45: isOwnAddress', () => {
  test.each([
    'hecate@shakespeare.example',
    'hecate@shakespeare.example/any resource',
    'HECATE@Shakespeare.Example',
    '  hecate@shakespeare.example\n',
    'hecate@shakespeare.example/',
    'hecate@shakespeare.example/\u0000',
    'hecate@shakespeare.example.',
    '\uff48ecate@shakespeare.example',
    'xmpp:hecate@shakespeare.example',
    'XMPP:hecate@shakespeare.example',
    'xmpp:hecate@shakespeare.example/UUID-x4r',
    'xmpp:hecate@shakespeare.example?message;body=hello',
    'xmpp:hecate@shakespeare.example?join;password=100%',
    'xmpp:hecate@shakespeare.example#fragment',
    'xmpp:hecate%40shakespeare.example',
    'xmpp:%68ecate@shakespeare.example',
    'xmpp://guest@example.com/hecate@shakespeare.example',
    'xmpp:///hecate@shakespeare.example',
  ])('knows %j', (text) => {
    expect(isOwnAddress(text, HECATE)).toBe(true);
    expect(isOwnAddress(text, CLIENT)).toBe(true);
  });

  test.each([
    '',
    '@',
    '/',
    'hecate',
    'shakespeare.example',
    'witch@shakespeare.example',
    'hecate@shakespeare.example.org',
    'xmpp:witch@shakespeare.example?hecate@shakespeare.example',
    'xmpp:%E0%A4%A@shakespeare.example',
    'I am hecate@shakespeare.example, and you?',
    'hecate\\40shakespeare.example',
    channelJid('coven' as never, DOMAIN),
  ])('does not take %j for it', (text) => {
    expect(isOwnAddress(text, HECATE)).toBe(false);
  });

  test('LEAK-33: other people’s addresses are never known, member or not', () => {
    for (const text of ['witch@shakespeare.example', 'macbeth@cawdor.example', 'crone1@shakespeare.example'])
      expect(isOwnAddress(text, CLIENT)).toBe(false);
  });
});
