import type { Rule } from './rule';
import { parseRule, renderRule, RuleError } from './rule';

export interface Chain {
  /** `-` for chains of the user. */
  policy: string;
  rules: Rule[];
}

const BUILTIN: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

export const isTable = (name: string): boolean => name in BUILTIN;

/** One of the kernel's tables. */
export class Table {
  readonly chains = new Map<string, Chain>();

  constructor(readonly name: string) {
    for (const chain of BUILTIN[name] ?? []) {
      this.chains.set(chain, { policy: 'ACCEPT', rules: [] });
    }
  }

  isBuiltin(chain: string): boolean {
    return BUILTIN[this.name]?.includes(chain) ?? false;
  }

  chain(name: string): Chain {
    const chain = this.chains.get(name);
    if (chain === undefined) {
      throw new RuleError('No chain/target/match by that name.', 1);
    }
    return chain;
  }

  create(name: string): void {
    if (this.chains.has(name)) {
      throw new RuleError('Chain already exists.', 1);
    }
    this.chains.set(name, { policy: '-', rules: [] });
  }

  setPolicy(name: string, policy: string): void {
    if (!this.isBuiltin(name)) {
      throw new RuleError('Bad built-in chain name.', 1);
    }
    if (policy !== 'ACCEPT' && policy !== 'DROP') {
      throw new RuleError("Bad policy name. Run `dmesg' for more information.", 1);
    }
    this.chain(name).policy = policy;
  }

  delete(name: string): void {
    const { rules } = this.chain(name);
    const isUsed = [...this.chains.values()].some((chain) => chain.rules.some(({ target }) => target === name));
    if (this.isBuiltin(name) || rules.length > 0) {
      throw new RuleError(rules.length > 0 ? 'Directory not empty.' : 'Invalid argument.', 1);
    }
    if (isUsed) {
      throw new RuleError('Too many links.', 1);
    }
    this.chains.delete(name);
  }

  flush(name?: string): void {
    const chains = name === undefined ? [...this.chains.values()] : [this.chain(name)];
    chains.forEach((chain) => (chain.rules = []));
  }

  /** The target must be one of the kernel's or a chain. */
  parse(words: readonly string[]): Rule {
    const rule = parseRule(words);
    const isKnown =
      rule.target === '' ||
      /^(?:ACCEPT|DROP|REJECT|LOG|RETURN|QUEUE|DNAT|SNAT|MASQUERADE|REDIRECT|MARK|NFLOG|CT|NOTRACK|TCPMSS)$/.test(
        rule.target,
      );
    if (!isKnown && !this.chains.has(rule.target)) {
      throw new RuleError(`Couldn't load target \`${rule.target}':No such file or directory\n`, 2);
    }
    return rule;
  }

  /** The position of an equal rule, as `-C` and `-D` look for it. */
  find(chain: string, words: readonly string[]): number {
    const wanted = renderRule(this.parse(words));
    return this.chain(chain).rules.findIndex((rule) => renderRule(rule) === wanted);
  }

  /** As `iptables-save` prints it, which `load` reads. */
  save(): string {
    const heads = [...this.chains].map(([name, { policy }]) => `:${name} ${policy} [0:0]\n`);
    const rules = [...this.chains].flatMap(([name, chain]) =>
      chain.rules.map((rule) => `-A ${name} ${renderRule(rule)}\n`),
    );
    return `*${this.name}\n${heads.join('')}${rules.join('')}COMMIT\n`;
  }
}

/** Splits a line of a rules file, quotes respected. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    (match) => match[1]?.replaceAll('\\"', '"') ?? match[2] ?? '',
  );
}
