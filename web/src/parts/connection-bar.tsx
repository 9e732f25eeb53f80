/**
 * How it stands with the connection.
 * Says that it is being made, that it broke and when it is tried again, or that it is over.
 * Does not connect (the library).
 * Always: nothing is shown while all is well.
 * Before: state/session.ts. After: views/app.tsx.
 */
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { connection } from '../state/session.ts';

export function ConnectionBar(): JSX.Element {
  const state = connection.value;
  return (
    <div class="connection" role="status">
      {state.is === 'connecting' && (
        <p>
          <span class="spinner" aria-hidden="true" /> Connecting …
        </p>
      )}
      {state.is === 'waiting' && (
        <p>
          <span class="spinner" aria-hidden="true" /> No connection. What you write is sent when it is back.{' '}
          <RetryIn at={state.retryAt} />
        </p>
      )}
      {state.is === 'closed' && <p>The connection has ended. Reload the page to sign in again.</p>}
    </div>
  );
}

function RetryIn({ at }: { readonly at: number }): JSX.Element {
  const [left, setLeft] = useState(() => secondsUntil(at));
  useEffect(() => {
    setLeft(secondsUntil(at));
    const timer = setInterval(() => setLeft(secondsUntil(at)), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  return <span aria-hidden="true">{left > 0 ? `Trying again in ${left} s.` : 'Trying again …'}</span>;
}

function secondsUntil(at: number): number {
  return Math.max(0, Math.round((at - Date.now()) / 1_000));
}
