/**
 * XEP-0363 HTTP File Upload 1.2.0 §3, §4: a client asks for a place for a file.
 * Answers with a slot, and tells in service discovery how large a file may be.
 * Does not count or keep anything (uploads.ts).
 * Always: only accounts of this server get a slot.
 * Before: host/uploads.ts. After: host/extensions.ts.
 */
import { refuse } from '../stanza/error.ts';
import type { Info } from '../xep/0030-disco/wire.ts';
import { buildLimits, buildSlot, parseSlotRequest } from '../xep/0363-upload/wire.ts';
import type { Context } from './context.ts';
import type { Answer, Request } from './iq.ts';
import { UPLOAD_PATH } from './upload-routes.ts';

export function askForSlot({ domain, uploads, web }: Context, { asker, payload }: Request): Answer {
  if (uploads === undefined) throw refuse('service-unavailable', 'no files are taken here');
  if (asker.domain !== domain || asker.local === undefined)
    throw refuse('forbidden', 'this is for the accounts of this server');
  const url = `${web.url}${UPLOAD_PATH}${uploads.ask(asker.local, parseSlotRequest(payload))}`;
  return buildSlot({ put: url, get: url });
}

/** What uploads add to what the host tells of itself (§3). */
export function uploadInfo({ limits, uploads }: Context): Pick<Info, 'identities' | 'forms'> {
  if (uploads === undefined) return { identities: [] };
  return {
    identities: [{ category: 'store', type: 'file', name: 'HTTP File Upload' }],
    forms: [buildLimits(limits.uploadBytesMax)],
  };
}
