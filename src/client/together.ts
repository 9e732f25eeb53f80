/**
 * One question for many who ask it at the same time.
 * Lets everybody wait for the request that is under way.
 * Does not remember answers.
 * Always: what is kept belongs to the client, and goes with it; a question that has been answered is asked anew.
 * Before: client/client.ts. After: client/live-displayed.ts.
 */
import type { Client } from './client.ts';

const underWay = new WeakMap<Client, Map<string, Promise<unknown>>>();

/** The answer to `ask`, or to the same question of somebody else that is under way; `name` says which are the same. */
export async function together<Answer>(
  client: Client,
  name: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const questions = underWay.get(client) ?? new Map<string, Promise<unknown>>();
  underWay.set(client, questions);
  const known = questions.get(name) as Promise<Answer> | undefined;
  if (known !== undefined) return known;
  const asked = ask().finally(() => questions.delete(name));
  questions.set(name, asked);
  return asked;
}
