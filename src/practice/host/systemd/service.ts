import type { Cancel } from '../../kernel';
import { Attempt } from './attempt';
import type { ExitStatus, ServiceResult } from './exitStatus';
import { describeExit, isClean, resultOf } from './exitStatus';
import type { Process } from './process';
import { shouldRestart, StartLimit } from './restartPolicy';
import { ServiceCommands } from './serviceCommands';
import type { ServiceContext } from './serviceContext';
import type { Unit } from './unit';

export type JobResult = 'done' | 'failed' | 'canceled' | 'timeout' | 'dependency';

/** So many automatic restarts are worth waiting for; a loop that goes on and on must not spin time at full speed. */
const EAGER_RESTARTS = 20;

/** The life of a service unit: systemd's `service.c`, as far as an operator can see it. */
export class Service {
  readonly #unit: Unit;
  readonly #context: ServiceContext;
  readonly #commands: ServiceCommands;
  readonly #limit = new StartLimit();
  #attempt: Attempt | undefined;
  #stopping: Promise<void> | undefined;
  #cancelRestart: Cancel | undefined;

  constructor(unit: Unit, context: ServiceContext) {
    this.#unit = unit;
    this.#context = context;
    this.#commands = new ServiceCommands(unit, context);
  }

  /** Resolves when the start job is finished. */
  async start(isAutomatic = false): Promise<JobResult> {
    const unit = this.#unit;
    await this.#stopping;
    this.#dropRestart();
    if (unit.active === 'active') {
      return 'done';
    }
    if (!this.#limit.allows(this.#context.timeline.now(), unit.config)) {
      return this.#refuse();
    }
    if (!isAutomatic) {
      unit.restarts = 0;
    }
    const attempt = new Attempt();
    this.#attempt = attempt;
    unit.executed = [];
    unit.invocationId = this.#context.newInvocationId();
    unit.result = 'success';
    return await this.#bringUp(attempt);
  }

  async stop(): Promise<void> {
    if (this.#stopping !== undefined) {
      await this.#stopping;
    } else if (this.#dropRestart()) {
      this.#unit.set('inactive', 'dead');
      this.#context.log(this.#unit, `Stopped ${this.#unit.title}.`);
      this.#context.ended(this.#unit);
    } else if (this.#unit.isRunning) {
      this.#stopping = this.#bringDown().finally(() => {
        this.#stopping = undefined;
      });
      await this.#stopping;
    }
  }

  /** `systemctl kill`: the signal goes to what runs, what follows is up to the unit. */
  kill(signal: 'TERM' | 'KILL' | 'HUP' | 'INT'): void {
    this.#unit.control?.kill(signal);
    this.#unit.main?.kill(signal);
  }

  /** After a restart of the practice process: the main process goes on, nothing is run before it. */
  resume(): void {
    const unit = this.#unit;
    unit.invocationId = this.#context.newInvocationId();
    if (unit.active === 'active' && unit.sub === 'running') {
      const environment = this.#commands.environment();
      const command = unit.config.start[0];
      if (environment !== undefined && command !== undefined) {
        const attempt = new Attempt();
        attempt.environment = environment;
        this.#attempt = attempt;
        this.#adoptMain(this.#commands.spawn(command, environment, true));
      }
    } else if (unit.sub === 'auto-restart') {
      this.#scheduleRestart();
    }
  }

  /** The plug: timers go, processes hang on the power themselves. */
  forget(): void {
    this.#dropRestart();
    this.#attempt?.stop();
    this.#attempt = undefined;
  }

  resetStartLimit(): void {
    this.#limit.reset();
  }

  #dropRestart(): boolean {
    const cancel = this.#cancelRestart;
    this.#cancelRestart = undefined;
    cancel?.();
    return cancel !== undefined;
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
    const unit = this.#unit;
    const { config } = unit;
    const isInstant = config.startPre.length === 0 && (config.type === 'simple' || config.type === 'idle');
    if (!isInstant) {
      this.#context.log(unit, `Starting ${unit.title}...`);
      unit.set('activating', config.startPre.length > 0 ? 'start-pre' : 'start');
    }
    const environment = this.#commands.environment();
    if (environment === undefined) {
      return await this.#failStart('resources', attempt);
    }
    attempt.environment = environment;
    const cancelTimer = this.#startTimer(attempt);
    try {
      const problem =
        (await this.#commands.controls('ExecStartPre', config.startPre, attempt)) ??
        (await this.#startMain(attempt)) ??
        (await this.#startPost(attempt));
      if (attempt.isStopped()) {
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
      if (this.#context.power().aborted || attempt.isStopped() || attempt.isTimedOut()) {
        return;
      }
      attempt.timeOut();
      this.#context.log(unit, `${unit.name}: ${unit.sub} operation timed out. Terminating.`);
      unit.control?.kill('KILL');
      unit.main?.kill('KILL');
    });
  }

  async #startMain(attempt: Attempt): Promise<ServiceResult | undefined> {
    const { config } = this.#unit;
    if (attempt.isStopped()) {
      return undefined;
    }
    if (config.type === 'oneshot' || config.type === 'forking') {
      return await this.#runOneshot(attempt);
    }
    const command = config.start[0];
    if (command === undefined) {
      return 'resources';
    }
    const process = this.#commands.spawn(command, attempt.environment);
    if (config.type === 'notify') {
      this.#unit.set('activating', 'start');
    }
    this.#adoptMain(process);
    if (config.type !== 'notify') {
      return undefined;
    }
    const ended = await Promise.race([process.ready.then(() => undefined), process.exited]);
    if (attempt.isTimedOut()) {
      return 'timeout';
    }
    return ended === undefined ? undefined : isClean(ended) ? 'protocol' : resultOf(ended);
  }

  /** Each ExecStart in turn; the last one that ran counts as the main process. */
  async #runOneshot(attempt: Attempt): Promise<ServiceResult | undefined> {
    const unit = this.#unit;
    unit.set('activating', 'start');
    for (const command of unit.config.start) {
      const process = this.#commands.spawn(command, attempt.environment);
      unit.main = process;
      const status = await process.exited;
      unit.noteExec('ExecStart', command, process, status);
      unit.noteMainExit(process, status);
      if (attempt.isTimedOut()) {
        return 'timeout';
      }
      if (attempt.isStopped()) {
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
    const { startPost } = this.#unit.config;
    if (attempt.isStopped() || startPost.length === 0) {
      return undefined;
    }
    this.#unit.set('activating', 'start-post');
    return await this.#commands.controls('ExecStartPost', startPost, attempt);
  }

  #succeed(attempt: Attempt): JobResult {
    const unit = this.#unit;
    const { type, remainAfterExit } = unit.config;
    if (this.#attempt !== attempt || (unit.main === undefined && type !== 'oneshot' && type !== 'forking')) {
      return 'done'; // The main process ended at once, and its watcher has dealt with that.
    }
    this.#context.log(unit, `${type === 'oneshot' ? 'Finished' : 'Started'} ${unit.title}.`);
    if (type === 'oneshot' && !remainAfterExit) {
      this.#context.log(unit, `${unit.name}: Deactivated successfully.`);
      unit.set('inactive', 'dead');
      this.#context.ended(unit);
    } else {
      unit.set('active', unit.main === undefined ? 'exited' : 'running');
    }
    return 'done';
  }

  async #failStart(result: ServiceResult, attempt: Attempt): Promise<JobResult> {
    if (this.#attempt !== attempt) {
      return 'failed'; // The watcher of the main process was faster.
    }
    this.#attempt = undefined;
    await this.#terminateMain('KILL');
    await this.#commands.all('ExecStopPost', 'stop-post', attempt.environment);
    this.#finish(result, true);
    return result === 'timeout' ? 'timeout' : 'failed';
  }

  #adoptMain(process: Process): void {
    const unit = this.#unit;
    const attempt = this.#attempt;
    unit.main = process;
    if (unit.active !== 'active' && unit.config.type !== 'notify' && unit.config.startPost.length === 0) {
      unit.set('active', 'running');
    }
    void process.exited.then((status) => {
      if (this.#context.power().aborted || unit.main !== process) {
        return;
      }
      unit.noteMainExit(process, status);
      if (attempt !== undefined && this.#attempt === attempt && !attempt.isStopped() && !attempt.isTimedOut()) {
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
    const wasStarting = unit.active === 'activating';
    if (wasStarting && config.type === 'notify') {
      return; // The start job itself sees the exit and fails.
    }
    if (clean && config.remainAfterExit && !wasStarting) {
      unit.set('active', 'exited');
      return;
    }
    this.#attempt = undefined;
    unit.control?.kill('KILL');
    if (!wasStarting) {
      await this.#commands.all('ExecStop', 'stop', attempt.environment);
    }
    await this.#commands.all('ExecStopPost', 'stop-post', attempt.environment);
    this.#finish(clean ? 'success' : resultOf(status), wasStarting);
  }

  async #bringDown(): Promise<void> {
    const unit = this.#unit;
    const attempt = this.#attempt;
    const wasActive = unit.active === 'active';
    this.#attempt = undefined;
    attempt?.stop();
    const environment = attempt?.environment ?? this.#commands.environment() ?? {};
    this.#context.log(unit, `Stopping ${unit.title}...`);
    if (wasActive) {
      await this.#commands.all('ExecStop', 'stop', environment);
    }
    unit.set('deactivating', 'stop-sigterm');
    if (unit.control !== undefined) {
      await this.#commands.terminate(unit.control, 'TERM');
    }
    const status = await this.#terminateMain('TERM');
    await this.#commands.all('ExecStopPost', 'stop-post', environment);
    this.#settleStopped(status);
    this.#context.log(unit, `Stopped ${unit.title}.`);
    this.#context.ended(unit);
  }

  /** A process that answers the signal with an error leaves its unit failed. */
  #settleStopped(status: ExitStatus | undefined): void {
    const unit = this.#unit;
    if (status === undefined || isClean(status, unit.config.successExitStatus)) {
      unit.result = 'success';
      this.#context.log(unit, `${unit.name}: Deactivated successfully.`);
      unit.set('inactive', 'dead');
      return;
    }
    unit.result = resultOf(status);
    this.#context.log(unit, `${unit.name}: Main process exited, ${describeExit(status)}`);
    this.#context.log(unit, `${unit.name}: Failed with result '${unit.result}'.`);
    unit.set('failed', 'failed');
  }

  async #terminateMain(signal: 'TERM' | 'KILL'): Promise<ExitStatus | undefined> {
    const { main } = this.#unit;
    if (main === undefined) {
      return undefined;
    }
    const status = await this.#commands.terminate(main, signal);
    this.#unit.noteMainExit(main, status);
    return status;
  }

  /** Down without a stop: failed, dead, or waiting for the automatic restart. */
  #finish(result: ServiceResult, wasStarting: boolean): void {
    const unit = this.#unit;
    unit.result = result;
    const word = result === 'success' ? 'Deactivated successfully.' : `Failed with result '${result}'.`;
    this.#context.log(unit, `${unit.name}: ${word}`);
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
    const { restartMs } = unit.config;
    const restart = (): void => {
      if (!this.#dropRestart() || this.#context.power().aborted) {
        return;
      }
      unit.restarts += 1;
      this.#context.log(unit, `${unit.name}: Scheduled restart job, restart counter is at ${unit.restarts}.`);
      this.#context.log(unit, `Stopped ${unit.title}.`);
      this.#context.restartJob(unit);
    };
    if (unit.restarts >= EAGER_RESTARTS) {
      this.#cancelRestart = this.#context.timeline.every(restartMs, restart);
      return;
    }
    const abort = new AbortController();
    this.#cancelRestart = () => abort.abort();
    this.#context.delay('restart', unit, restartMs, abort.signal).then(restart, () => undefined);
  }
}
