import { ClusterError } from '../core/errors';

const invalid = (message: string): ClusterError =>
  new ClusterError(message, { code: 'invalidInput', remedy: 'showLog' });

/**
 * The argument object of a command that is called by a program. Whatever is wrong with it is said at once and in full words;
 * nothing is guessed and nothing is asked.
 */
export class Arguments {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  /** Refuses names that the command does not know: a misspelt one would silently mean its default. */
  allow(...names: string[]): this {
    const unknown = Object.keys(this.values).filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      throw invalid(`Unknown argument ${unknown.join(', ')}; known are: ${names.join(', ') || 'none'}.`);
    }
    return this;
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  isNumber(name: string): boolean {
    return typeof this.values[name] === 'number';
  }

  /** As it is: whoever it is for checks it. */
  value(name: string): unknown {
    return this.values[name];
  }

  string(name: string, fallback?: string): string {
    const value = this.values[name] ?? fallback;
    if (typeof value !== 'string' || value.trim() === '') {
      throw invalid(`"${name}" must be a text${this.#got(value)}.`);
    }
    return value;
  }

  integer(name: string, limits: { min: number; max: number; fallback: number }): number {
    const value = this.values[name] ?? limits.fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < limits.min || value > limits.max) {
      throw invalid(`"${name}" must be a whole number from ${limits.min} to ${limits.max}${this.#got(value)}.`);
    }
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.values[name] ?? fallback;
    if (typeof value !== 'boolean') {
      throw invalid(`"${name}" must be true or false${this.#got(value)}.`);
    }
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.values[name] ?? fallback;
    const found = allowed.find((each) => each === value);
    if (found === undefined) {
      throw invalid(`"${name}" must be one of ${allowed.join(', ')}${this.#got(value)}.`);
    }
    return found;
  }

  /** What costs money or destroys something is done only for a caller who says so. */
  confirmed(what: string): void {
    if (this.values['confirmed'] !== true) {
      throw invalid(`${what} needs "confirmed": true, because nothing is asked when a program calls.`);
    }
  }

  #got(value: unknown): string {
    return value === undefined ? '; it is missing' : `, not ${JSON.stringify(value)}`;
  }
}

export function readArguments(value: unknown): Arguments {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`The argument of a command must be an object, not ${JSON.stringify(value)}.`);
  }
  return new Arguments({ ...value });
}
