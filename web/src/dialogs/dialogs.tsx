/**
 * The dialog that is open.
 * Chooses which to draw.
 * Does not know what they do.
 * Always: a dialog about a channel closes when the person is no longer in it.
 * Before: state/dialogs.ts. After: parts/dialog-frame.tsx.
 */
import type { JSX } from 'preact';
import { roomOf } from '../state/channels.ts';
import { dialog, type Dialog } from '../state/dialogs.ts';
import { BanDialog } from './ban.tsx';
import { CreateDialog } from './create.tsx';
import { DestroyDialog, LeaveDialog } from './leave.tsx';
import { FindDialog } from './find.tsx';
import { HelpDialog } from './help.tsx';
import { ModeDialog } from './mode.tsx';
import { ModerateDialog, RetractDialog } from './moderate.tsx';
import { NickDialog } from './nick.tsx';
import { PersonDialog } from './person.tsx';
import { PreferencesDialog } from './preferences.tsx';
import { PrivacyDialog } from './privacy.tsx';
import { ShareDialog } from './share.tsx';

export function Dialogs(): JSX.Element | null {
  const open = dialog.value;
  return open === undefined ? null : <Which key={open.is} open={open} />;
}

function Which({ open }: { readonly open: Dialog }): JSX.Element | null {
  switch (open.is) {
    case 'create':
      return <CreateDialog />;
    case 'find':
      return <FindDialog />;
    case 'help':
      return <HelpDialog />;
    case 'retract':
      return <RetractDialog conversation={open.conversation} message={open.message} />;
    default:
      return <OfChannel open={open} />;
  }
}

type ChannelDialog = Extract<Dialog, { readonly channel: string }>;

function OfChannel({ open }: { readonly open: ChannelDialog }): JSX.Element | null {
  const room = roomOf(open.channel);
  if (room === undefined) return null;
  switch (open.is) {
    case 'privacy':
      return <PrivacyDialog room={room} />;
    case 'preferences':
      return <PreferencesDialog room={room} />;
    case 'nick':
      return <NickDialog room={room} />;
    case 'share':
      return <ShareDialog room={room} />;
    case 'leave':
      return <LeaveDialog room={room} />;
    case 'destroy':
      return <DestroyDialog room={room} />;
    case 'person':
      return <PersonDialog room={room} id={open.id} />;
    case 'ban':
      return <BanDialog room={room} id={open.id} />;
    case 'moderate':
      return <ModerateDialog room={room} message={open.message} />;
    case 'mode':
      return <ModeDialog room={room} mode={open.mode} />;
  }
}
