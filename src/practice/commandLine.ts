import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseAccounts } from './api/control/accounts';
import type { AccountSpec } from './cloud/accounts';
import type { CatalogueName } from './cloud/catalogue/catalogue';
import type { Kernel, Profile } from './kernel';

export interface PracticeOptions {
  /** 0: the port of the last time, or any that is free. */
  readonly port: number;
  readonly token: string;
  readonly catalogue: CatalogueName;
  readonly speed: number;
  readonly profile: Profile['name'];
  /** Undefined: a folder of its own that goes with the process. */
  readonly stateFolder: string | undefined;
  readonly seed: string | undefined;
  readonly fleetVersion: Kernel['fleetVersion'];
  readonly accounts: readonly AccountSpec[];
  readonly endsWhenUnused: boolean;
  /** Each request is written to stderr. */
  readonly isVerbose: boolean;
}

/** A command line that cannot be followed; the message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: practice [options]

A cloud to practise on: DigitalOcean's API v2, etcd's discovery service and CoreOS nodes over SSH, on this machine's
loopback only. Prints one line of JSON, {"api":…,"token":…}, when it is ready.

  --port N              where to listen; 0 (the default) is the port of the last time, or any free one
  --token T             the first account's token, also by DEIS_PRACTICE_TOKEN; made up when neither is given.
                        T-read may only read in that account, T-second is the token of a second account
  --catalogue NAME      2016 (the default): coreos-stable and 512mb; today: neither
  --speed N|max         how many times faster than ours time runs (default 60; 1 with --profile lab)
  --profile NAME        default: minutes as they were; lab: droplets boot in 3 s, images are pulled in 2 s
  --state DIR           where everything is kept; without it everything is forgotten at the end
  --seed TEXT           makes ids and choices of a new state the same each time
  --fleet 1.0|0.11      which fleet the nodes run (default 1.0)
  --accounts FILE       JSON: [{"name","email","dropletLimit","tokens":[{"token","scopes":["*"]}]}]
  --verbose             write each request to stderr: method, path, status, milliseconds
  --until-unused        end when nobody holds /practice/attach open any more
`;

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: {
        ...{ port: text, token: text, catalogue: text, speed: text, profile: text, state: text, seed: text },
        ...{ fleet: text, accounts: text, 'until-unused': { type: 'boolean' } },
        ...{ verbose: { type: 'boolean' }, help: { type: 'boolean' } },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(option: string, given: string | undefined, choices: readonly [T, ...T[]]): T {
  if (given === undefined) return choices[0];
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new UsageError(`--${option} must be ${choices.join(' or ')}, not "${given}".`);
  return found;
}

function parsePort(given: string | undefined): number {
  const port = Number(given ?? '0');
  if (given === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port must be a number from 0 to 65535, not "${given ?? ''}".`);
  }
  return port;
}

function parseSpeed(given: string | undefined, profile: Profile['name']): number {
  if (given === undefined) return profile === 'lab' ? 1 : 60;
  if (given === 'max') return Infinity;
  const speed = Number(given);
  if (given === '' || !Number.isFinite(speed) || speed <= 0 || speed > 10_000) {
    throw new UsageError(`--speed must be a number above 0, at most 10000, or max, not "${given}".`);
  }
  return speed;
}

function parseToken(given: string | undefined): string {
  const token = given ?? randomBytes(32).toString('hex');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('--token must be printable ASCII without blanks.');
  return token;
}

function readAccounts(file: string | undefined): readonly AccountSpec[] {
  if (file === undefined) return [];
  try {
    return parseAccounts(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UsageError(`--accounts ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Undefined when only the usage is asked for. */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PracticeOptions | undefined {
  const given = parse(args);
  if (given.help === true) return undefined;
  const profile = oneOf('profile', given.profile, ['default', 'lab']);
  if (given.state === '') throw new UsageError('--state needs the name of a folder.');
  return {
    ...{ port: parsePort(given.port), token: parseToken(given.token ?? environment['DEIS_PRACTICE_TOKEN']) },
    catalogue: oneOf('catalogue', given.catalogue, ['2016', 'today']),
    ...{ speed: parseSpeed(given.speed, profile), profile, stateFolder: given.state, seed: given.seed },
    fleetVersion: oneOf('fleet', given.fleet, ['1.0', '0.11']),
    ...{ accounts: readAccounts(given.accounts), endsWhenUnused: given['until-unused'] === true },
    isVerbose: given.verbose === true,
  };
}
