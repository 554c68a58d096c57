import type { ProgramContext } from '../../../programs/program';
import type { HostInside } from '../../inside';
import { insideOf } from '../../inside';
import { withSuffix } from '../../systemd/unitName';
import type { ParsedOptions } from '../options';

const NOT_RUNNING = 3;
const ENABLED = ['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated', 'transient'];

const say = (context: ProgramContext, options: ParsedOptions, text: string): void => {
  if (!options.flags.has('quiet')) {
    context.stdout(`${text}\n`);
  }
};

/** True as soon as one of the units is. */
export function isActive(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const states = options.words.map((word) => manager.status(withSuffix(word)).active);
  states.forEach((state) => say(context, options, state));
  return states.includes('active') ? 0 : NOT_RUNNING;
}

export function isFailed(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const states = options.words.map((word) => manager.status(withSuffix(word)).active);
  states.forEach((state) => say(context, options, state));
  return states.includes('failed') ? 0 : 1;
}

export function isEnabled(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  let isAny = false;
  for (const word of options.words) {
    const name = withSuffix(word);
    const state = manager.store.state(name);
    if (state === '') {
      context.stderr(`Failed to get unit file state for ${name}: No such file or directory\n`);
      continue;
    }
    say(context, options, state);
    isAny ||= ENABLED.includes(state);
  }
  return isAny ? 0 : 1;
}

export function systemState(manager: HostInside['manager']): 'starting' | 'degraded' | 'running' {
  if (manager.status('multi-user.target').active !== 'active') return 'starting';
  return manager.units.some(({ active }) => active === 'failed') ? 'degraded' : 'running';
}

export function isSystemRunning(context: ProgramContext, options: ParsedOptions): number {
  const state = systemState(insideOf(context.host).manager);
  say(context, options, state);
  return state === 'running' ? 0 : 1;
}
