/**
 * Random lives: people, clients, losses and crashes, and promises that hold through all of it.
 * Plays a seed on a store of its choice, and says with a failure how it is played again.
 * Does not know what people do (simulation/acts.ts) nor what is promised (simulation/checks.ts).
 * Always: the same seed gives the same run, on every store.
 * Before: testing/memory-stage.ts. After: test/simulation.test.ts, bin/sim.mjs.
 */
import type { Store } from '../storage/store.ts';
import { ACTS, createRoom } from './simulation/acts.ts';
import { check, checkLeaks, checkQuiet, checkSizes } from './simulation/checks.ts';
import { answerQuestions } from './simulation/talk.ts';
import { World } from './simulation/world.ts';
import type { Player } from './stage.ts';

export interface Outcome {
  /** Acts of people that were played. */
  readonly operations: number;
  readonly losses: number;
  readonly stanzas: number;
  /** Every stanza that anybody received, in order, and in the end what the store holds. */
  readonly lines: readonly string[];
}

/** What one failed run needs to be played again. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

const CHECK_EVERY = 6;
const QUIET_EVERY = 30;
/** Percent of steps. */
const BATCHES = 35;
const KILLS = 3;
const CUTS = 3;
const BATCH_MAX = 7;
const TURNS_MAX = 10;
/** Longer than anything that the service waits for: domains, answers of clients, confirmations after a start. */
const QUIET_MS = 61_500;
const STRIKE_MS = 100;
const LONG_MS = 11 * 60_000;
const DIARY_SHOWN = 12;
/** Letters shown on both sides of a difference. */
const AROUND = 200;

/** Plays so many steps. @throws SimulationError where a promise is broken. */
export async function simulate(seed: number, steps: number, store: Store): Promise<Outcome> {
  const world = await World.open(seed, store);
  const run = new Run(world);
  try {
    await run.play(steps);
    return await run.end();
  } catch (error) {
    const last = world.diary.slice(-DIARY_SHOWN).join('\n  ');
    const why = error instanceof Error ? error.message : String(error);
    throw new SimulationError(
      `seed ${seed}, step ${run.step}: ${why}\nplayed again by: ${again(seed, steps)}\nlast:\n  ${last}`,
      { cause: error },
    );
  }
}

/** Plays a seed on two stores. @throws SimulationError also where anybody is told something else on one of them. */
export async function simulateOnBoth(
  seed: number,
  steps: number,
  one: Store,
  other: Store,
): Promise<Outcome> {
  const outcome = await simulate(seed, steps, one);
  const { lines } = await simulate(seed, steps, other);
  for (const [index, line] of [...outcome.lines, ''].entries()) {
    const theirs = lines[index] ?? '';
    if (line === theirs) continue;
    let at = 0;
    while (line[at] === theirs[at]) at += 1;
    const part = (text: string): string => text.slice(Math.max(0, at - AROUND), at + AROUND);
    throw new SimulationError(
      `seed ${seed}: the stores disagree\n  ${part(line)}\n  ${part(theirs)}\nplayed again by: ${again(seed, steps)}`,
    );
  }
  return outcome;
}

function again(seed: number, steps: number): string {
  return `npm run sim -- --seed ${seed} --steps ${steps}`;
}

class Run {
  readonly #world: World;
  readonly #seen = new Map<Player, number>();
  step = 0;
  #operations = 0;
  #losses = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async play(steps: number): Promise<void> {
    const world = this.#world;
    for (const owner of world.people.slice(0, 2)) {
      createRoom(world, owner);
      await this.#settle();
    }
    for (this.step = 1; this.step <= steps; this.step += 1) {
      const acts = world.chance(BATCHES) ? 2 + world.random.below(BATCH_MAX - 1) : 1;
      for (let act = 0; act < acts; act += 1) this.#act();
      const fate = world.random.below(100);
      if (fate < KILLS) await this.#kill();
      else if (fate < KILLS + CUTS) await this.#cut();
      await this.#settle();
      if (world.chance(30)) await world.stage.powers.pass(world.random.below(4_000));
      if (world.chance(1)) await world.stage.powers.pass(LONG_MS);
      if (this.step % CHECK_EVERY === 0) await this.#quiet(this.step % QUIET_EVERY === 0);
      else checkLeaks(world);
    }
  }

  async end(): Promise<Outcome> {
    const { stage, store, ledger, rooms } = this.#world;
    await this.#quiet(true);
    await stage.powers.pass(QUIET_MS);
    await checkSizes(this.#world);
    const held: string[] = [];
    for (const { name } of rooms) {
      const archive = await store.archive(name, { page: { max: 100_000 } });
      held.push(canonical([name, await store.load(name), archive]));
    }
    const { lines, scanner } = ledger;
    await stage.close();
    return {
      operations: this.#operations,
      losses: this.#losses,
      stanzas: scanner.stanzas,
      lines: [...lines, ...held],
    };
  }

  #act(): void {
    const world = this.#world;
    const who = world.pick(world.people);
    const room = world.pick(world.liveRooms);
    if (who === undefined || room === undefined) return;
    let dart = world.random.below(ACTS.reduce((sum, { weight }) => sum + weight, 0));
    for (const act of ACTS) {
      dart -= act.weight;
      if (dart >= 0) continue;
      world.note(`${this.step}: ${who.name} ${act.name} in ${room.name}`);
      act.run(world, who, room);
      this.#operations += 1;
      return;
    }
  }

  async #settle(): Promise<void> {
    const world = this.#world;
    await world.stage.settle();
    answerQuestions(world, this.#seen);
    await world.stage.settle();
    world.harvest();
  }

  async #quiet(isLong: boolean): Promise<void> {
    const world = this.#world;
    await world.stage.powers.pass(isLong ? QUIET_MS : 1_500);
    await this.#settle();
    // What ends with the wait goes out only now, to domains too that are asked first, and is struck off after that.
    for (const ms of [1_500, STRIKE_MS]) {
      await world.stage.powers.pass(ms);
      await this.#settle();
    }
    await check(world);
    if (isLong) await checkQuiet(world);
  }

  /** The process dies somewhere in the middle of what it has to do. */
  async #kill(): Promise<void> {
    const world = this.#world;
    await turns(world.random.below(TURNS_MAX));
    world.note(`${this.step}: the service is killed`);
    world.stage.kill();
    this.#losses += 1;
    await world.loseTrack();
    await world.stage.start();
  }

  /** The link is lost somewhere in the middle, and comes back when people have gone on for a while. */
  async #cut(): Promise<void> {
    const world = this.#world;
    await turns(world.random.below(TURNS_MAX));
    world.note(`${this.step}: the link is lost`);
    world.stage.cut();
    this.#losses += 1;
    await world.loseTrack();
    for (let acts = world.random.below(3); acts > 0; acts -= 1) this.#act();
    await world.stage.settle();
    world.note(`${this.step}: the link is back`);
    await world.loseTrack();
    world.stage.restore();
  }
}

/** The same text for what is equal, whatever the order in which a store gives an object's parts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part === null || typeof part !== 'object' || Array.isArray(part)
      ? part
      : Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
