import type { Attempt } from './attempt';
import type { ExecCommand } from './commandLine';
import { expandVariables, parseEnvironmentFile } from './commandLine';
import type { ExitStatus, ServiceResult } from './exitStatus';
import { describeExit, isClean, resultOf } from './exitStatus';
import type { Process } from './process';
import type { ServiceContext } from './serviceContext';
import type { Unit } from './unit';

/** The PATH systemd gives system services. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Environment = Readonly<Record<string, string>>;

/** Runs the Exec lines of one service. */
export class ServiceCommands {
  constructor(
    private readonly unit: Unit,
    private readonly context: ServiceContext,
  ) {}

  spawn(command: ExecCommand, variables: Environment, isResumed = false): Process {
    const { user, workingDirectory } = this.unit.config;
    const argv = expandVariables(command.argv, variables);
    const environment = { ...variables, INVOCATION_ID: this.unit.invocationId };
    return this.context.spawn({ argv, environment, user, workingDirectory, unit: this.unit.name, isResumed });
  }

  /** One control command (ExecStartPre, ExecStop…) to its end. */
  async control(key: string, command: ExecCommand, environment: Environment): Promise<ExitStatus> {
    const process = this.spawn(command, environment);
    this.unit.control = process;
    const status = await process.exited;
    this.unit.control = undefined;
    this.unit.noteExec(key, command, process, status);
    return status;
  }

  /** Control commands one after the other; the result of the first that fails for good. */
  async controls(key: string, commands: readonly ExecCommand[], attempt: Attempt): Promise<ServiceResult | undefined> {
    for (const command of commands) {
      if (attempt.isStopped()) {
        return undefined;
      }
      const status = await this.control(key, command, attempt.environment);
      if (attempt.isTimedOut()) {
        return 'timeout';
      }
      if (!isClean(status) && !command.ignoresFailure && !attempt.isStopped()) {
        this.context.log(this.unit, `${this.unit.name}: Control process exited, ${describeExit(status)}`);
        return resultOf(status);
      }
    }
    return undefined;
  }

  /** ExecStop and ExecStopPost: all of them, whatever becomes of each. */
  async all(key: 'ExecStop' | 'ExecStopPost', sub: string, environment: Environment): Promise<void> {
    const commands = key === 'ExecStop' ? this.unit.config.stop : this.unit.config.stopPost;
    if (commands.length > 0) {
      this.unit.set('deactivating', sub);
      for (const command of commands) {
        await this.control(key, command, environment);
      }
    }
  }

  /** Asks a process to end; KILL after TimeoutStopSec. */
  async terminate(process: Process, signal: 'TERM' | 'KILL'): Promise<ExitStatus> {
    const { timeoutStopMs } = this.unit.config;
    process.kill(signal);
    const cancel =
      timeoutStopMs === Infinity
        ? (): void => undefined
        : this.context.timeline.every(timeoutStopMs, () => {
            this.context.log(this.unit, `${this.unit.name}: State 'stop-sigterm' timed out. Killing.`);
            process.kill('KILL');
          });
    const status = await process.exited;
    cancel();
    return status;
  }

  /** Undefined when an EnvironmentFile without `-` is missing. */
  environment(): Environment | undefined {
    const { config, name } = this.unit;
    let environment: Record<string, string> = { PATH, ...config.environment };
    for (const path of config.environmentFiles) {
      const text = this.context.readFile(path.replace(/^-/, ''));
      if (text !== undefined) {
        environment = { ...environment, ...parseEnvironmentFile(text) };
      } else if (!path.startsWith('-')) {
        this.context.log(this.unit, `${name}: Failed to load environment files: No such file or directory`);
        return undefined;
      }
    }
    return environment;
  }
}
