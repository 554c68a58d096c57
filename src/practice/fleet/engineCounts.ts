/** What one fleetd's engine has done since it was started, for /metrics (fleet 1.0, metrics/metrics.go). */
export class EngineCounts {
  /** The instants at which it became leader, in seconds, added up as fleet does. */
  leaderStart = 0;
  readonly tasks = new Map<string, number>();
  #roundsBefore = 0;
  #leadsSince: number | undefined;

  constructor(
    private readonly intervalMs: number,
    readonly startedAt: number,
  ) {}

  becameLeader(now: number): void {
    this.leaderStart += Math.floor(now / 1_000);
    this.#leadsSince = now;
  }

  lostLead(now: number): void {
    this.#roundsBefore = this.rounds(now);
    this.#leadsSince = undefined;
  }

  didTask(type: string): void {
    const name = type.toLowerCase();
    this.tasks.set(name, (this.tasks.get(name) ?? 0) + 1);
  }

  /** A leader reconciles at every tick, though the model leaves out those at which nothing is to be done. */
  rounds(now: number): number {
    const since = this.#leadsSince;
    return this.#roundsBefore + (since === undefined ? 0 : 1 + Math.floor((now - since) / this.intervalMs));
  }
}
