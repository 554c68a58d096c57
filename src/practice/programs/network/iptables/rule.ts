import { isIPv4 } from 'node:net';

/** One rule as it was given, in the order in which iptables prints its parts (iptables-save(8)). */
export interface Rule {
  readonly source?: Negatable | undefined;
  readonly destination?: Negatable | undefined;
  readonly inInterface?: Negatable | undefined;
  readonly outInterface?: Negatable | undefined;
  readonly protocol?: Negatable | undefined;
  readonly matches: readonly Match[];
  /** Empty for a rule that only counts. */
  readonly target: string;
  readonly isGoto: boolean;
  readonly targetOptions: readonly string[];
}

export interface Negatable {
  readonly value: string;
  readonly isNegated: boolean;
}

export interface Match {
  readonly module: string;
  readonly options: readonly {
    readonly name: string;
    readonly value: string | undefined;
    readonly isNegated: boolean;
  }[];
}

export class RuleError extends Error {
  constructor(
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'];
const ICMP_TYPES: Readonly<Record<string, string>> = {
  'echo-reply': '0',
  pong: '0',
  'destination-unreachable': '3',
  'source-quench': '4',
  redirect: '5',
  'echo-request': '8',
  ping: '8',
  'time-exceeded': '11',
  'ttl-exceeded': '11',
  'parameter-problem': '12',
  any: '255',
};
/** Which module an option belongs to when `-m` was not said: the protocol's. */
const PROTOCOL_OPTIONS = new Set([
  '--dport',
  '--destination-port',
  '--sport',
  '--source-port',
  '--tcp-flags',
  '--syn',
  '--icmp-type',
]);
const WITHOUT_VALUE = new Set([
  '--syn',
  '--log-tcp-options',
  '--log-ip-options',
  '--log-uid',
  '--random',
  '--socket-exists',
]);
const TARGETS_WITH_OPTIONS = new Set([
  'REJECT',
  'LOG',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'MARK',
  'CT',
  'TCPMSS',
  'NFLOG',
]);

const ADDRESS_OPTIONS = new Set(['-s', '--source', '--src', '-d', '--destination', '--dst']);

/** `-s a,b`: a rule for each address, and for each pair where both ends are lists (iptables(8)). */
export function expandAddresses(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word, index) => word.includes(',') && ADDRESS_OPTIONS.has(words[index - 1] ?? ''));
  if (at < 0) {
    return [words];
  }
  const addresses = (words[at] ?? '').split(',').filter((one) => one !== '');
  return addresses.flatMap((one) => expandAddresses([...words.slice(0, at), one, ...words.slice(at + 1)]));
}

/** @throws RuleError in iptables' words. */
export function parseRule(words: readonly string[]): Rule {
  return new RuleParser(words).parse();
}

type Place = 'source' | 'destination' | 'inInterface' | 'outInterface' | 'protocol';

class RuleParser {
  readonly #words: string[];
  readonly #parts: Partial<Record<Place, Negatable | undefined>> = {};
  readonly #matches: { module: string; options: { name: string; value: string | undefined; isNegated: boolean }[] }[] =
    [];
  #target = '';
  #isGoto = false;
  readonly #targetOptions: string[] = [];

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  parse(): Rule {
    let isNegated = false;
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === '!') {
        isNegated = true;
        continue;
      }
      this.#take(word, isNegated);
      isNegated = false;
    }
    const targetOptions =
      this.#target === 'REJECT' && this.#targetOptions.length === 0
        ? ['--reject-with', 'icmp-port-unreachable']
        : this.#targetOptions;
    return { ...this.#parts, matches: this.#matches, target: this.#target, isGoto: this.#isGoto, targetOptions };
  }

  #take(word: string, isNegated: boolean): void {
    const value = (): Negatable => ({ value: this.#value(word), isNegated });
    switch (word) {
      case '-s':
      case '--source':
      case '--src':
        this.#parts.source = address(value());
        break;
      case '-d':
      case '--destination':
      case '--dst':
        this.#parts.destination = address(value());
        break;
      case '-i':
      case '--in-interface':
        this.#parts.inInterface = value();
        break;
      case '-o':
      case '--out-interface':
        this.#parts.outInterface = value();
        break;
      case '-p':
      case '--protocol':
      case '--proto':
        this.#protocol(value());
        break;
      case '-m':
      case '--match':
        this.#matches.push({ module: this.#value(word), options: [] });
        break;
      case '-j':
      case '--jump':
        this.#target = this.#value(word);
        break;
      case '-g':
      case '--goto':
        this.#target = this.#value(word);
        this.#isGoto = true;
        break;
      default:
        this.#option(word, isNegated);
    }
  }

  #protocol(protocol: Negatable): void {
    const name = protocol.value.toLowerCase();
    if (name !== 'all' && name !== '0') {
      this.#parts.protocol = { ...protocol, value: { '6': 'tcp', '17': 'udp', '1': 'icmp' }[name] ?? name };
    }
  }

  #option(word: string, isNegated: boolean): void {
    if (!word.startsWith('--')) {
      throw new RuleError(word.startsWith('-') ? `unknown option "${word}"` : `Bad argument \`${word}'`);
    }
    const value = WITHOUT_VALUE.has(word) ? undefined : this.#value(word);
    if (TARGETS_WITH_OPTIONS.has(this.#target)) {
      this.#targetOptions.push(...(isNegated ? ['!'] : []), word, ...(value === undefined ? [] : [value]));
      return;
    }
    const module = PROTOCOL_OPTIONS.has(word) ? this.#parts.protocol?.value : this.#matches.at(-1)?.module;
    if (module === undefined) {
      throw new RuleError(`unknown option "${word}"`);
    }
    let match = this.#matches.find((one) => one.module === module);
    if (match === undefined) {
      match = { module, options: [] };
      this.#matches.push(match);
    }
    match.options.push({ name: canonicalName(word), value: canonicalValue(word, value), isNegated });
  }

  #value(option: string): string {
    const next = this.#words.shift();
    if (next === undefined) {
      throw new RuleError(`option "${option}" requires an argument`);
    }
    return next;
  }
}

const canonicalName = (name: string): string =>
  ({
    '--destination-port': '--dport',
    '--source-port': '--sport',
    '--destination-ports': '--dports',
    '--source-ports': '--sports',
  })[name] ?? name;

function canonicalValue(name: string, value: string | undefined): string | undefined {
  if (value !== undefined && (name === '--ctstate' || name === '--state')) {
    const given = value.split(',');
    return STATES.filter((state) => given.includes(state)).join(',');
  }
  return name === '--icmp-type' ? (ICMP_TYPES[value ?? ''] ?? value) : value;
}

function address(given: Negatable): Negatable | undefined {
  const [host = '', mask] = given.value.split('/');
  if (host === '0.0.0.0' && (mask === '0' || mask === '0.0.0.0')) {
    return undefined;
  }
  if (!isIPv4(host)) {
    throw new RuleError(`host/network \`${host}' not found`);
  }
  return { ...given, value: `${host}/${mask === undefined ? 32 : mask.includes('.') ? bitsOf(mask) : mask}` };
}

const bitsOf = (mask: string): number =>
  mask.split('.').reduce((sum, part) => sum + Number(part).toString(2).replaceAll('0', '').length, 0);

/** The rule as `iptables -S` prints it behind the chain's name. */
export function renderRule(rule: Rule): string {
  const words: string[] = [];
  const add = (option: string, part: Negatable | undefined): void => {
    if (part !== undefined) {
      words.push(...(part.isNegated ? ['!'] : []), option, part.value);
    }
  };
  add('-s', rule.source);
  add('-d', rule.destination);
  add('-i', rule.inInterface);
  add('-o', rule.outInterface);
  add('-p', rule.protocol);
  for (const { module, options } of rule.matches) {
    words.push('-m', module);
    for (const { name, value, isNegated } of options) {
      words.push(...(isNegated ? ['!'] : []), name, ...(value === undefined ? [] : [quoted(value)]));
    }
  }
  if (rule.target !== '') {
    words.push(rule.isGoto ? '-g' : '-j', rule.target, ...rule.targetOptions.map(quoted));
  }
  return words.join(' ');
}

const quoted = (value: string): string => (/[\s"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value);
