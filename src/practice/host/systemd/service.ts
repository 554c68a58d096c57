import type { Cancel } from '../../kernel';
import type { ExecCommand } from './commandLine';
import { expandVariables, parseEnvironmentFile } from './commandLine';
import type { ExitStatus, ServiceResult } from './exitStatus';
import { describeExit, isClean, resultOf } from './exitStatus';
import type { Process } from './process';
import { shouldRestart, StartLimit } from './restartPolicy';
import type { ServiceContext } from './serviceContext';
import type { Unit } from './unit';

export type JobResult = 'done' | 'failed' | 'canceled' | 'timeout' | 'dependency';

/** One attempt to bring the service up; `stopped` is set by a stop that came in between. */
interface Attempt {
  stopped: boolean;
  timedOut: boolean;
  environment: Readonly<Record<string, string>>;
}

/** The PATH systemd gives system services. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const EAGER_RESTARTS = 20;

/** The life of a service unit: systemd's `service.c`, as far as an operator can see it. */
export class Service {
  readonly #unit: Unit;
  readonly #context: ServiceContext;
  readonly #limit = new StartLimit();
  #attempt: Attempt | undefined;
  #stopping: Promise<void> | undefined;
  #cancelRestart: Cancel | undefined;

  constructor(unit: Unit, context: ServiceContext) {
    this.#unit = unit;
    this.#context = context;
  }

  /** Resolves when the start job is finished. */
  async start(isAutomatic = false): Promise<JobResult> {
    const unit = this.#unit;
    await this.#stopping;
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    if (unit.active === 'active') {
      return 'done';
    }
    if (!this.#limit.allows(this.#context.timeline.now(), unit.config)) {
      return this.#refuse();
    }
    if (!isAutomatic) {
      unit.restarts = 0;
    }
    const attempt: Attempt = { stopped: false, timedOut: false, environment: {} };
    this.#attempt = attempt;
    unit.executed = [];
    unit.result = 'success';
    return await this.#bringUp(attempt);
  }

  async stop(): Promise<void> {
    if (this.#stopping !== undefined) {
      return await this.#stopping;
    }
    if (this.#cancelRestart !== undefined) {
      this.#cancelRestart();
      this.#cancelRestart = undefined;
      this.#unit.set('inactive', 'dead');
      this.#context.log(this.#unit, `Stopped ${this.#unit.title}.`);
      this.#context.ended(this.#unit);
      return;
    }
    if (!this.#unit.isRunning) {
      return;
    }
    this.#stopping = this.#bringDown().finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  /** `systemctl kill`: the signal goes to what runs, what follows is up to the unit. */
  kill(signal: 'TERM' | 'KILL' | 'HUP' | 'INT'): void {
    this.#unit.control?.kill(signal);
    this.#unit.main?.kill(signal);
  }

  /** After a restart of the practice process: the main process goes on, nothing is run before it. */
  resume(): void {
    const unit = this.#unit;
    if (unit.active === 'active' && unit.sub === 'running') {
      const environment = this.#environment();
      const command = unit.config.start[0];
      if (environment !== undefined && command !== undefined) {
        this.#attempt = { stopped: false, timedOut: false, environment };
        this.#adoptMain(this.#spawn(command, environment, true));
      }
    } else if (unit.sub === 'auto-restart') {
      this.#scheduleRestart();
    }
  }

  /** The plug: timers go, processes hang on the power themselves. */
  forget(): void {
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    if (this.#attempt !== undefined) {
      this.#attempt.stopped = true;
    }
    this.#attempt = undefined;
  }

  resetStartLimit(): void {
    this.#limit.reset();
  }

  #refuse(): JobResult {
    const unit = this.#unit;
    this.#context.log(unit, `${unit.name}: Start request repeated too quickly.`);
    unit.result = 'start-limit-hit';
    this.#context.log(unit, `${unit.name}: Failed with result 'start-limit-hit'.`);
    this.#context.log(unit, `Failed to start ${unit.title}.`);
    unit.set('failed', 'failed');
    return 'failed';
  }

  async #bringUp(attempt: Attempt): Promise<JobResult> {
    const { config } = this.#unit;
    const unit = this.#unit;
    const isInstant = config.startPre.length === 0 && (config.type === 'simple' || config.type === 'idle');
    if (!isInstant) {
      this.#context.log(unit, `Starting ${unit.title}...`);
      unit.set('activating', config.startPre.length > 0 ? 'start-pre' : 'start');
    }
    const environment = this.#environment();
    if (environment === undefined) {
      return await this.#failStart('resources', attempt);
    }
    attempt.environment = environment;
    const cancelTimer = this.#startTimer(attempt);
    try {
      const problem =
        (await this.#runAll('ExecStartPre', config.startPre, attempt)) ??
        (await this.#startMain(attempt)) ??
        (await this.#startPost(attempt));
      if (attempt.stopped) {
        return 'canceled';
      }
      return problem === undefined ? this.#succeed(attempt) : await this.#failStart(problem, attempt);
    } finally {
      cancelTimer();
    }
  }

  #startTimer(attempt: Attempt): Cancel {
    const unit = this.#unit;
    if (unit.config.timeoutStartMs === Infinity) {
      return () => undefined;
    }
    // A heartbeat, not a wait: a time-out that may never come must not make time jump.
    return this.#context.timeline.every(unit.config.timeoutStartMs, () => {
      if (this.#context.power().aborted || attempt.stopped || attempt.timedOut) {
        return;
      }
      attempt.timedOut = true;
      this.#context.log(unit, `${unit.name}: ${unit.sub} operation timed out. Terminating.`);
      unit.control?.kill('KILL');
      unit.main?.kill('KILL');
    });
  }

  /** Runs control commands one after the other; the result of the first that fails for good. */
  async #runAll(key: string, commands: readonly ExecCommand[], attempt: Attempt): Promise<ServiceResult | undefined> {
    for (const command of commands) {
      if (attempt.stopped) {
        return undefined;
      }
      const status = await this.#runControl(key, command, attempt.environment);
      if (attempt.timedOut) {
        return 'timeout';
      }
      if (!isClean(status) && !command.ignoresFailure && !attempt.stopped) {
        this.#context.log(this.#unit, `${this.#unit.name}: Control process exited, ${describeExit(status)}`);
        return resultOf(status);
      }
    }
    return undefined;
  }

  async #runControl(
    key: string,
    command: ExecCommand,
    environment: Readonly<Record<string, string>>,
  ): Promise<ExitStatus> {
    const process = this.#spawn(command, environment, false);
    this.#unit.control = process;
    const status = await process.exited;
    this.#unit.control = undefined;
    this.#unit.noteExec(key, command, process, status);
    return status;
  }

  async #startMain(attempt: Attempt): Promise<ServiceResult | undefined> {
    const { config } = this.#unit;
    if (attempt.stopped) {
      return undefined;
    }
    if (config.type === 'oneshot' || config.type === 'forking') {
      return await this.#runOneshot(attempt);
    }
    const command = config.start[0];
    if (command === undefined) {
      return 'resources';
    }
    const process = this.#spawn(command, attempt.environment, false);
    this.#adoptMain(process);
    if (config.type !== 'notify') {
      return undefined;
    }
    this.#unit.set('activating', 'start');
    const ended = await Promise.race([process.ready.then(() => undefined), process.exited]);
    if (attempt.timedOut) {
      return 'timeout';
    }
    return ended === undefined ? undefined : isClean(ended) ? 'protocol' : resultOf(ended);
  }

  /** Each ExecStart in turn; the last one that ran counts as the main process. */
  async #runOneshot(attempt: Attempt): Promise<ServiceResult | undefined> {
    const unit = this.#unit;
    unit.set('activating', 'start');
    for (const command of unit.config.start) {
      const process = this.#spawn(command, attempt.environment, false);
      unit.main = process;
      const status = await process.exited;
      unit.noteExec('ExecStart', command, process, status);
      unit.noteMainExit(process, status);
      if (attempt.timedOut) {
        return 'timeout';
      }
      if (attempt.stopped) {
        return undefined;
      }
      if (!isClean(status, unit.config.successExitStatus) && !command.ignoresFailure) {
        this.#context.log(unit, `${unit.name}: Main process exited, ${describeExit(status)}`);
        return resultOf(status);
      }
    }
    return undefined;
  }

  async #startPost(attempt: Attempt): Promise<ServiceResult | undefined> {
    const { config } = this.#unit;
    if (attempt.stopped || config.startPost.length === 0) {
      return undefined;
    }
    this.#unit.set('activating', 'start-post');
    const problem = await this.#runAll('ExecStartPost', config.startPost, attempt);
    // The main process died meanwhile: its watcher has the say.
    return problem;
  }

  #succeed(attempt: Attempt): JobResult {
    const unit = this.#unit;
    const isOneshot = unit.config.type === 'oneshot';
    if (this.#attempt !== attempt) {
      return 'canceled';
    }
    if (!isOneshot && unit.main === undefined && unit.config.type !== 'forking') {
      return 'done'; // It ended at once and has been dealt with.
    }
    this.#context.log(unit, `${isOneshot ? 'Finished' : 'Started'} ${unit.title}.`);
    if (isOneshot && !unit.config.remainAfterExit) {
      this.#context.log(unit, `${unit.name}: Deactivated successfully.`);
      unit.set('inactive', 'dead');
      this.#context.ended(unit);
    } else {
      unit.set('active', unit.main === undefined ? 'exited' : 'running');
    }
    return 'done';
  }

  async #failStart(result: ServiceResult, attempt: Attempt): Promise<JobResult> {
    const unit = this.#unit;
    if (this.#attempt !== attempt) {
      return 'failed'; // The watcher of the main process was faster.
    }
    this.#attempt = undefined;
    await this.#terminateMain('KILL');
    await this.#runStopPost(attempt.environment);
    this.#finish(result, true);
    return result === 'timeout' ? 'timeout' : unit.active === 'active' ? 'done' : 'failed';
  }

  #adoptMain(process: Process): void {
    const unit = this.#unit;
    unit.main = process;
    if (unit.active !== 'active' && unit.config.type !== 'notify' && unit.config.startPost.length === 0) {
      unit.set('active', 'running');
    }
    const attempt = this.#attempt;
    void process.exited.then((status) => {
      if (this.#context.power().aborted || unit.main !== process) {
        return;
      }
      unit.noteMainExit(process, status);
      if (attempt !== undefined && this.#attempt === attempt && !attempt.stopped && !attempt.timedOut) {
        void this.#mainEnded(status, attempt);
      }
    });
  }

  /** The main process ended by itself. */
  async #mainEnded(status: ExitStatus, attempt: Attempt): Promise<void> {
    const unit = this.#unit;
    const { config } = unit;
    const clean = isClean(status, config.successExitStatus);
    if (!clean) {
      this.#context.log(unit, `${unit.name}: Main process exited, ${describeExit(status)}`);
    }
    if (unit.active === 'activating' && config.type === 'notify') {
      return; // The start job itself sees the exit and fails.
    }
    this.#attempt = undefined;
    const wasStarting = unit.active === 'activating';
    unit.control?.kill('KILL');
    if (clean && config.remainAfterExit && !wasStarting) {
      this.#attempt = attempt;
      unit.set('active', 'exited');
      return;
    }
    const result: ServiceResult = clean ? 'success' : resultOf(status);
    if (!wasStarting && config.stop.length > 0) {
      unit.set('deactivating', 'stop');
      for (const command of config.stop) {
        await this.#runControl('ExecStop', command, attempt.environment);
      }
    }
    await this.#runStopPost(attempt.environment);
    this.#finish(result, wasStarting);
  }

  async #bringDown(): Promise<void> {
    const unit = this.#unit;
    const attempt = this.#attempt;
    const wasActive = unit.active === 'active';
    this.#attempt = undefined;
    if (attempt !== undefined) {
      attempt.stopped = true;
    }
    const environment = attempt?.environment ?? this.#environment() ?? {};
    this.#context.log(unit, `Stopping ${unit.title}...`);
    if (wasActive && unit.config.stop.length > 0) {
      unit.set('deactivating', 'stop');
      for (const command of unit.config.stop) {
        await this.#runControl('ExecStop', command, environment);
      }
    }
    unit.set('deactivating', 'stop-sigterm');
    unit.control?.kill('TERM');
    await unit.control?.exited;
    const status = await this.#terminateMain('TERM');
    await this.#runStopPost(environment);
    const isClean_ = status === undefined || isClean(status, unit.config.successExitStatus);
    unit.result = isClean_ || status === undefined ? 'success' : resultOf(status);
    if (isClean_) {
      this.#context.log(unit, `${unit.name}: Deactivated successfully.`);
    } else {
      this.#context.log(unit, `${unit.name}: Main process exited, ${describeExit(status)}`);
      this.#context.log(unit, `${unit.name}: Failed with result '${unit.result}'.`);
    }
    unit.set(isClean_ ? 'inactive' : 'failed', isClean_ ? 'dead' : 'failed');
    this.#context.log(unit, `Stopped ${unit.title}.`);
    this.#context.ended(unit);
  }

  /** Asks the main process to end; KILL after TimeoutStopSec. The status it left with. */
  async #terminateMain(signal: 'TERM' | 'KILL'): Promise<ExitStatus | undefined> {
    const process = this.#unit.main;
    if (process === undefined) {
      return undefined;
    }
    process.kill(signal);
    const cancel =
      this.#unit.config.timeoutStopMs === Infinity
        ? (): void => undefined
        : this.#context.timeline.every(this.#unit.config.timeoutStopMs, () => {
            this.#context.log(this.#unit, `${this.#unit.name}: State 'stop-sigterm' timed out. Killing.`);
            process.kill('KILL');
          });
    const status = await process.exited;
    cancel();
    this.#unit.noteMainExit(process, status);
    return status;
  }

  async #runStopPost(environment: Readonly<Record<string, string>>): Promise<void> {
    const { config } = this.#unit;
    if (config.stopPost.length > 0) {
      this.#unit.set('deactivating', 'stop-post');
      for (const command of config.stopPost) {
        await this.#runControl('ExecStopPost', command, environment);
      }
    }
  }

  /** Down without a stop: failed, dead, or waiting for the automatic restart. */
  #finish(result: ServiceResult, wasStarting: boolean): void {
    const unit = this.#unit;
    unit.result = result;
    this.#context.log(
      unit,
      result === 'success'
        ? `${unit.name}: Deactivated successfully.`
        : `${unit.name}: Failed with result '${result}'.`,
    );
    if (wasStarting) {
      this.#context.log(unit, `Failed to start ${unit.title}.`);
    }
    if (shouldRestart(unit.config.restart, result)) {
      unit.set('activating', 'auto-restart');
      this.#scheduleRestart();
      return;
    }
    unit.set(result === 'success' ? 'inactive' : 'failed', result === 'success' ? 'dead' : 'failed');
    this.#context.ended(unit);
  }

  #scheduleRestart(): void {
    const unit = this.#unit;
    // The first restarts are worth waiting for; a loop that goes on and on must not spin time at full speed.
    const { timeline } = this.#context;
    const isEager = unit.restarts < EAGER_RESTARTS;
    const run = (): void => {
      if (!isEager) {
        this.#cancelRestart?.();
      }
      this.#cancelRestart = undefined;
      if (this.#context.power().aborted) {
        return;
      }
      unit.restarts += 1;
      this.#context.log(unit, `${unit.name}: Scheduled restart job, restart counter is at ${unit.restarts}.`);
      this.#context.log(unit, `Stopped ${unit.title}.`);
      this.#context.restartJob(unit);
    };
    const { restartMs } = unit.config;
    this.#cancelRestart = isEager ? timeline.after(restartMs, run) : timeline.every(restartMs, run);
  }

  #spawn(command: ExecCommand, environment: Readonly<Record<string, string>>, isResumed: boolean): Process {
    const { user, workingDirectory } = this.#unit.config;
    const argv = expandVariables(command.argv, environment);
    return this.#context.spawn({ argv, environment, user, workingDirectory, unit: this.#unit.name, isResumed });
  }

  /** Undefined when an EnvironmentFile without `-` is missing. */
  #environment(): Readonly<Record<string, string>> | undefined {
    const { config } = this.#unit;
    let environment: Record<string, string> = { PATH, ...config.environment };
    for (const path of config.environmentFiles) {
      const text = this.#context.readFile(path.replace(/^-/, ''));
      if (text !== undefined) {
        environment = { ...environment, ...parseEnvironmentFile(text) };
      } else if (!path.startsWith('-')) {
        this.#context.log(
          this.#unit,
          `${this.#unit.name}: Failed to load environment files: No such file or directory`,
        );
        return undefined;
      }
    }
    return environment;
  }
}
