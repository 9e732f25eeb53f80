/**
 * Plays a transcript on a stage.
 * Owns what each kind of step does, and how a step that fails is told: line, what was expected, what came instead.
 * Does not read transcripts (script.ts) nor know stages apart, but for what only a simulated world can do.
 * Always: a transcript is over only when everything has settled, nobody received what it must never receive, and no
 * address leaked on the way.
 * Before: testing/cast.ts. After: testing/index.ts.
 */
import { serialize } from '../xml/write.ts';
import type { XmlElement } from '../xml/element.ts';
import { Cast, type Actor } from './cast.ts';
import type { LeakScanner } from './leak.ts';
import { match } from './match.ts';
import { ScriptError, type Script } from './script.ts';
import type { Stage } from './stage.ts';
import { act, type Play } from './steps.ts';
import { fill, UnknownVariable } from './template.ts';

/** Plays all steps. @throws ScriptError at the first that fails. */
export async function playScript(script: Script, stage: Stage, scanner: LeakScanner): Promise<void> {
  const cast = new Cast(stage, script, scanner);
  await cast.enter();
  for (const step of script.steps) {
    await playStep({ script, stage, cast, step });
    checkLeaks(script, scanner, step.line);
  }
  await stage.settle();
  checkLeaks(script, scanner, script.steps.at(-1)?.line ?? 1);
  for (const [name, actor] of cast.actors) checkForbidden(script, name, actor);
  const complaint = scanner.complaint();
  if (complaint !== undefined) throw new ScriptError(script.file, 1, complaint);
}

async function playStep(play: Play): Promise<void> {
  const { script, step, cast, stage } = play;
  const fail = (text: string, cause?: unknown): ScriptError =>
    new ScriptError(script.file, step.line, text, cause);
  try {
    const scene = /^[^:"]*\breceives?\b/.test(step.text) ? cast.actorOf(step.text) : undefined;
    if (scene?.rest === 'receives:') await expectStanzas(play, scene.name, scene.actor);
    else if (scene?.rest === 'receives nothing') await expectNothing(play, scene.name, scene.actor);
    else if (scene?.rest.startsWith('never receives: ') === true) {
      const text = fill(scene.rest.slice('never receives: '.length), cast.variables);
      scene.actor.forbidden.push({ text, line: step.line });
      await stage.settle();
      checkForbidden(script, scene.name, scene.actor);
    } else await act(play);
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    if (error instanceof UnknownVariable) throw fail(error.message, error);
    throw fail(`${step.text}\n${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Since somebody last did something, the stanzas have come in this order; others may stand between. */
async function expectStanzas({ stage, cast, step, script }: Play, name: string, actor: Actor): Promise<void> {
  await stage.settle();
  let after = -1;
  for (const pattern of step.xml) {
    const { received } = actor.player;
    const options = { variables: cast.variables, hasLooseTo: stage.kind !== 'memory' };
    const outcomes = cast.news(actor).map((stanza) => ({ stanza, outcome: match(pattern, stanza, options) }));
    const found = outcomes.find(
      ({ stanza, outcome }) => 'kept' in outcome && received.indexOf(stanza) > after,
    );
    if (found === undefined || !('kept' in found.outcome)) {
      const instead = outcomes.map(({ stanza, outcome }) => {
        const why = 'difference' in outcome ? outcome.difference : 'came before what was expected before it';
        return { stanza, why, depth: 'difference' in outcome ? outcome.depth : 0 };
      });
      throw new ScriptError(script.file, step.line, told(name, pattern, cast, instead));
    }
    actor.taken.add(found.stanza);
    after = received.indexOf(found.stanza);
    for (const [key, value] of found.outcome.kept) cast.variables.set(key, value);
  }
}

interface Instead {
  readonly stanza: XmlElement;
  readonly why: string;
  readonly depth: number;
}

/** How many of the stanzas that did come are shown with a failure. */
const SHOWN_MAX = 6;

function told(name: string, pattern: XmlElement, { variables }: Cast, instead: readonly Instead[]): string {
  const nearest = instead.toSorted((a, b) => b.depth - a.depth).slice(0, SHOWN_MAX);
  const lines = nearest.map(({ stanza, why }) => `  ${serialize(stanza)}\n    ${why}`);
  return [
    `${name} did not receive`,
    `  ${filled(pattern, variables)}`,
    lines.length === 0 ? 'and nothing instead' : 'but, the most similar first,',
    ...lines,
  ].join('\n');
}

function filled(pattern: XmlElement, variables: Cast['variables']): string {
  return serialize(pattern).replace(/\$\{([^}]+)\}/g, (hole, key: string) => {
    return variables.get(key.replaceAll('&apos;', "'").trim()) ?? hole;
  });
}

/** Nothing since somebody last did something, apart from what steps have been about. */
async function expectNothing({ stage, cast, script, step }: Play, name: string, actor: Actor): Promise<void> {
  await stage.settle();
  const came = cast.news(actor);
  if (came.length === 0) return;
  const list = came.map((stanza) => `  ${serialize(stanza)}`).join('\n');
  throw new ScriptError(script.file, step.line, `${name} received\n${list}`);
}

function checkForbidden(script: Script, name: string, { player, forbidden }: Actor): void {
  for (const { text, line } of forbidden) {
    const found = player.received.find((stanza) => serialize(stanza).includes(text));
    if (found !== undefined)
      throw new ScriptError(script.file, line, `${name} received ${text} in\n  ${serialize(found)}`);
  }
}

function checkLeaks({ file }: Script, { leaks }: LeakScanner, line: number): void {
  const [leak] = leaks;
  if (leak === undefined) return;
  const { receiver, whose, what, stanza } = leak;
  throw new ScriptError(file, line, `a leak: ${receiver} learns the ${what} of ${whose} from\n  ${stanza}`);
}
