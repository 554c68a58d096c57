import type { ClusterSnapshot } from '../../core/model/snapshot';

export type Instance = ClusterSnapshot['units'][number];

/** systemd's words in one; `stale` is what nobody has confirmed lately, `missing` what was asked for and has no row. */
export type UnitHealth = 'running' | 'starting' | 'failed' | 'stopped' | 'missing' | 'stale';

/** From bad to good: what a group shows of those below it. */
const WORST_FIRST: readonly UnitHealth[] = ['failed', 'missing', 'starting', 'stale', 'stopped', 'running'];

export function healthOf(instance: Pick<Instance, 'active' | 'sub' | 'isStale'>): UnitHealth {
  if (instance.isStale) {
    return 'stale';
  }
  // A container that dies is never `failed`: Restart=on-failure keeps it in auto-restart (deisctl's list of a failing unit).
  if (instance.active === 'failed' || instance.sub === 'auto-restart') {
    return 'failed';
  }
  if (instance.active === 'active') {
    return 'running';
  }
  return instance.active === 'activating' || instance.active === 'reloading' ? 'starting' : 'stopped';
}

export const worst = (healths: readonly UnitHealth[]): UnitHealth | undefined =>
  WORST_FIRST.find((health) => healths.includes(health));

/** `running` where systemd says `active running`; otherwise its own words, as they came. */
export function describeState(instance: Pick<Instance, 'active' | 'sub' | 'isStale'>): string {
  const words = instance.active === 'active' ? instance.sub : `${instance.active} ${instance.sub}`;
  return instance.isStale ? `last seen ${words}` : words;
}

const WORDS: Record<UnitHealth, string> = {
  running: 'running',
  starting: 'starting',
  failed: 'failed',
  stopped: 'stopped',
  missing: 'missing',
  stale: 'not confirmed',
};

/** `41 of 41 running`, and what the others are: `38 of 41 running, 2 starting, 1 failed`. */
export function tally(healths: readonly UnitHealth[]): string {
  const number = (health: UnitHealth): number => healths.filter((each) => each === health).length;
  const others = WORST_FIRST.filter((health) => health !== 'running' && number(health) > 0);
  const head = `${number('running')} of ${healths.length} running`;
  return [head, ...others.map((health) => `${number(health)} ${WORDS[health]}`)].join(', ');
}
