/**
 * Vizard's extension to XEP-0404 MIX-ANON 0.3.1 §2.2: what would a change of mode do?
 * Counts who would be removed, shown and hidden.
 * Does not change anything (configure.ts does), nor ask who may know (xep/0404-anon/service.ts does).
 * Always: counts what `configure` would do at this moment.
 * Before: channel/configure.ts. After: channel/visibility.ts.
 */
import type { Mode } from '../mix.ts';
import { configOf } from './access.ts';
import type { ChannelState } from './state.ts';
import { fits, isShown } from './visibility.ts';

/** How many participants each would happen to. */
export interface ModeChange {
  readonly leaving: number;
  readonly shown: number;
  readonly hidden: number;
}

/** What the mode would do to those who take part now. */
export function dryRun(channel: ChannelState, mode: Mode): ModeChange {
  const before = configOf(channel).mode;
  let [leaving, shown, hidden] = [0, 0, 0];
  for (const { preferences } of channel.participants.values()) {
    const { jidVisibility } = preferences;
    const [was, will] = [isShown(before, jidVisibility), isShown(mode, jidVisibility)];
    if (!fits(mode, jidVisibility)) leaving += 1;
    else if (will && !was) shown += 1;
    else if (was && !will) hidden += 1;
  }
  return { leaving, shown, hidden };
}
