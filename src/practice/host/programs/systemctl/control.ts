import type { ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import type { ServiceResult } from '../../systemd/exitStatus';
import type { JobResult } from '../../systemd/service';
import type { Unit } from '../../systemd/unit';
import { matchesPattern, withSuffix } from '../../systemd/unitName';
import type { ParsedOptions } from '../options';

/** Exit code for a unit that is not there (the LSB's "not installed"). */
const NOT_INSTALLED = 5;

const REASONS: Readonly<Record<ServiceResult, string>> = {
  success: 'the control process exited with error code',
  'exit-code': 'the control process exited with error code',
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  signal: 'a fatal signal was delivered to the control process',
  'oom-kill': 'of unavailable resources or another system error',
  'start-limit-hit': 'start of the service was attempted too often',
  'exec-condition': 'the control process exited with error code',
};

type Verb = 'start' | 'stop' | 'restart' | 'try-restart' | 'reload';

/** start, stop, restart and their kin: each unit's job, waited for unless `--no-block`. */
export async function control(verb: Verb, context: ProgramContext, options: ParsedOptions): Promise<number> {
  const { manager } = insideOf(context.host);
  if (options.words.length === 0) {
    context.stderr('Too few arguments.\n');
    return 1;
  }
  const jobs: { unit: Unit; result: Promise<JobResult> }[] = [];
  let code = 0;
  for (const name of names(context, options)) {
    const unit = manager.unit(name);
    const problem = refusal(verb, unit);
    if (problem !== undefined) {
      context.stderr(`Failed to ${verb} ${name}: ${problem.text}\n`);
      code = problem.code;
      continue;
    }
    jobs.push({ unit, result: startJob(context, verb, unit) });
  }
  if (options.flags.has('no-block')) {
    return code;
  }
  for (const { unit, result } of jobs) {
    const complaint = complaintAbout(manager.unit(unit.name), await Promise.race([result, hangUp(context)]));
    if (complaint !== undefined) {
      context.stderr(complaint);
      code = 1;
    }
  }
  return code;
}

function names(context: ProgramContext, options: ParsedOptions): string[] {
  const { manager } = insideOf(context.host);
  return options.words.flatMap((word) =>
    /[*?[]/.test(word)
      ? manager.units.filter(({ name, isRunning }) => isRunning && matchesPattern(name, word)).map(({ name }) => name)
      : [withSuffix(word)],
  );
}

function refusal(verb: Verb, unit: Unit): { text: string; code: number } | undefined {
  const isStop = verb === 'stop';
  switch (unit.load) {
    case 'not-found':
      return isStop && unit.isRunning
        ? undefined
        : { text: `Unit ${unit.name} ${isStop ? 'not loaded' : 'not found'}.`, code: NOT_INSTALLED };
    case 'masked':
      return isStop ? undefined : { text: `Unit ${unit.name} is masked.`, code: 1 };
    case 'bad-setting':
      return isStop
        ? undefined
        : {
            text: `Unit ${unit.name} has a bad unit file setting.\nSee system logs and 'systemctl status ${unit.name}' for details.`,
            code: 1,
          };
    case 'loaded':
      return verb === 'reload' && unit.config.name.kind === 'service'
        ? { text: `Job type reload is not applicable for unit ${unit.name}.`, code: 1 }
        : undefined;
  }
}

async function startJob(context: ProgramContext, verb: Verb, unit: Unit): Promise<JobResult> {
  const { manager } = insideOf(context.host);
  switch (verb) {
    case 'start':
      return await manager.startJob(unit.name);
    case 'stop':
      return await manager.stopJob(unit.name);
    case 'restart':
      return await manager.restartJob(unit.name);
    case 'try-restart':
      return unit.active === 'active' ? await manager.restartJob(unit.name) : 'done';
    case 'reload':
      return 'done';
  }
}

function complaintAbout(unit: Unit, result: JobResult | 'hung-up'): string | undefined {
  const { name } = unit;
  const see = `See "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`;
  switch (result) {
    case 'done':
    case 'hung-up':
      return undefined;
    case 'canceled':
      return `Job for ${name} canceled.\n`;
    case 'dependency':
      return `A dependency job for ${name} failed. See 'journalctl -xe' for details.\n`;
    case 'timeout':
      return `Job for ${name} failed because a timeout was exceeded.\n${see}`;
    case 'failed': {
      const force =
        unit.result === 'start-limit-hit'
          ? `To force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.\n`
          : '';
      return `Job for ${name} failed because ${REASONS[unit.result]}.\n${see}${force}`;
    }
  }
}

const hangUp = (context: ProgramContext): Promise<'hung-up'> =>
  new Promise((resolve) => context.signal.addEventListener('abort', () => resolve('hung-up'), { once: true }));

export function kill(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const wanted = (options.values.get('signal')?.at(-1) ?? 'TERM').replace(/^SIG/, '');
  const signal =
    ({ '1': 'HUP', HUP: 'HUP', '2': 'INT', INT: 'INT', '9': 'KILL', KILL: 'KILL' } as const)[wanted] ?? 'TERM';
  let code = 0;
  for (const name of names(context, options)) {
    if (!manager.kill(name, signal)) {
      const unit = manager.unit(name);
      const why = unit.load === 'not-found' ? `Unit ${name} not loaded.` : `Unit ${name} is not running.`;
      context.stderr(`Failed to kill unit ${name}: ${why}\n`);
      code = 1;
    }
  }
  return code;
}

export function resetFailed(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  if (options.words.length === 0) {
    manager.resetFailed();
    return 0;
  }
  let code = 0;
  for (const word of options.words) {
    const name = withSuffix(word);
    if (manager.unit(name).load === 'not-found') {
      context.stderr(`Failed to reset failed state of unit ${name}: Unit ${name} not loaded.\n`);
      code = 1;
    } else {
      manager.resetFailed(name);
    }
  }
  return code;
}
