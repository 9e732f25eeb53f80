/**
 * The service's list of XEPs.
 * Owns which of them are part of it; one line each.
 * Does not know what they do.
 * Always: taking a line away takes its handlers and its features away.
 * Before: service/handlers.ts. After: xep/extension.ts.
 */
import { disco } from '../xep/0030-disco/service.ts';
import { muc } from '../xep/0045-muc/service.ts';
import { pubsub } from '../xep/0060-pubsub/service.ts';
import { avatar } from '../xep/0084-avatar/service.ts';
import { version } from '../xep/0092-version/service.ts';
import { ping } from '../xep/0199-ping/service.ts';
import { mam } from '../xep/0313-mam/service.ts';
import { core } from '../xep/0369-core/service.ts';
import { presence } from '../xep/0403-presence/service.ts';
import { anon } from '../xep/0404-anon/service.ts';
import { admin } from '../xep/0406-admin/service.ts';
import { misc } from '../xep/0407-misc/service.ts';
import { search } from '../xep/0433-search/service.ts';
import { roomAvatar } from '../xep/0486-avatars/service.ts';
import type { Extension } from '../xep/extension.ts';

const LIST: readonly Extension[] = [
  core,
  presence,
  anon,
  admin,
  misc,
  avatar,
  pubsub,
  mam,
  ping,
  version,
  muc,
  roomAvatar,
  search,
];

export const extensions: readonly Extension[] = [...LIST, disco(LIST)];
