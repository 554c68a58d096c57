import type { JobResult } from './service';
import type { Unit } from './unit';

export interface Job {
  readonly unit: Unit;
  readonly kind: 'start' | 'stop';
  readonly result: Promise<JobResult>;
  /** Names of units whose jobs it waits for now: guards against waiting in a circle. */
  readonly waitsFor: Set<string>;
}

/** Jobs under way, by unit: at most one a unit, as in systemd. */
export class JobQueue {
  readonly #jobs = new Map<string, Job>();

  pending(name: string): Job | undefined {
    return this.#jobs.get(name);
  }

  /** Runs `run` as the job of the unit; whatever it throws counts as failed. */
  add(unit: Unit, kind: Job['kind'], run: (job: Job) => Promise<JobResult>): Job {
    const waitsFor = new Set<string>();
    const job: Job = {
      unit,
      kind,
      waitsFor,
      // A microtask later, so that all jobs of one transaction are in the queue before the first looks at its order.
      result: Promise.resolve()
        .then(() => run(job))
        .finally(() => {
          if (this.#jobs.get(unit.name) === job) {
            this.#jobs.delete(unit.name);
          }
        }),
    };
    this.#jobs.set(unit.name, job);
    return job;
  }

  /** Waits until every pending start job that `unit` is ordered after is finished. */
  async waitForOrder(job: Job): Promise<void> {
    for (const other of [...this.#jobs.values()]) {
      if (other === job || !isAfter(job.unit, other.unit) || this.#waitsOn(other, job.unit.name)) {
        continue;
      }
      job.waitsFor.add(other.unit.name);
      await other.result;
      job.waitsFor.delete(other.unit.name);
    }
  }

  clear(): void {
    this.#jobs.clear();
  }

  get hasPending(): boolean {
    return this.#jobs.size > 0;
  }

  #waitsOn(job: Job, name: string, seen = new Set<string>()): boolean {
    for (const other of job.waitsFor) {
      if (other === name) {
        return true;
      }
      const next = this.#jobs.get(other);
      if (next !== undefined && !seen.has(other)) {
        seen.add(other);
        if (this.#waitsOn(next, name, seen)) {
          return true;
        }
      }
    }
    return false;
  }
}

/** Whether `unit` is ordered after `other` by either's settings. A service is always after its sockets. */
export const isAfter = (unit: Unit, other: Unit): boolean =>
  unit.config.after.includes(other.name) || other.config.before.includes(unit.name);
