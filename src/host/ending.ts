/**
 * RFC 6121 §4.5 (2011-03), XEP-0198 §4: the end of a session.
 * Takes the session out of the list, tells everybody that the client is gone, and sees to what it never acknowledged.
 * Does not decide that a session ends (stream.ts, resumption.ts), nor what becomes of a stanza (undelivered.ts).
 * Always: it is called once for each session; everything that was on its way to the client when it ends is seen to.
 * Before: host/resumption.ts. After: host/presence.ts, host/undelivered.ts.
 */
import type { Context } from './context.ts';
import { goOffline } from './presence.ts';
import type { Session } from './session.ts';
import { settleUndelivered } from './undelivered.ts';

/** The client is gone for good. */
export function endSession(context: Context, session: Session): void {
  const { lane, resumption, sessions } = context;
  resumption.forget(session);
  lane.post(() => {
    sessions.remove(session);
    goOffline(context, session);
    // What tasks before this one have sent is kept only when it is out, and what comes later must not overtake it.
    lane.next(() => {
      resumption.noteCount(session);
      settleUndelivered(context, session);
    });
  });
}
