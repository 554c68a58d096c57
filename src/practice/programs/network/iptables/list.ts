import type { Negatable, Rule } from './rule';
import { renderRule } from './rule';
import type { Table } from './table';

/** `iptables -S`. */
export function listSpecifications(table: Table, chain?: string): string {
  const names = chain === undefined ? [...table.chains.keys()] : [chain];
  const heads = names.map((name) => {
    const { policy } = table.chain(name);
    return policy === '-' ? `-N ${name}\n` : `-P ${name} ${policy}\n`;
  });
  const rules = names.flatMap((name) => table.chain(name).rules.map((rule) => `-A ${name} ${renderRule(rule)}\n`));
  return `${heads.join('')}${rules.join('')}`;
}

export interface ListStyle {
  readonly isNumeric: boolean;
  readonly isVerbose: boolean;
  readonly hasLineNumbers: boolean;
}

/** `iptables -L`. */
export function listChains(table: Table, style: ListStyle, chain?: string): string {
  const names = chain === undefined ? [...table.chains.keys()] : [chain];
  return names.map((name) => listChain(table, name, style)).join('\n');
}

function listChain(table: Table, name: string, style: ListStyle): string {
  const { policy, rules } = table.chain(name);
  const references = [...table.chains.values()]
    .flatMap((chain) => chain.rules)
    .filter(({ target }) => target === name).length;
  const counters = style.isVerbose ? ' 0 packets, 0 bytes' : '';
  const head = policy === '-' ? `(${references} references)` : `(policy ${policy}${counters})`;
  const number = style.hasLineNumbers ? 'num  ' : '';
  const titles = style.isVerbose
    ? `${number} pkts bytes target     prot opt in     out     source               destination         `
    : `${number}target     prot opt source               destination         `;
  const rows = rules.map((rule, index) => {
    const prefix = style.hasLineNumbers ? String(index + 1).padEnd(5) : '';
    return `${prefix}${style.isVerbose ? verboseRow(rule, style) : row(rule, style)}\n`;
  });
  return `Chain ${name} ${head}\n${titles}\n${rows.join('')}`;
}

const row = (rule: Rule, style: ListStyle): string =>
  `${rule.target.padEnd(9)}  ${protocolOf(rule, style).padEnd(4)} --  ${place(rule.source, style).padEnd(20)} ${place(rule.destination, style).padEnd(20)} ${details(rule)}`.replace(
    / $/,
    rule.matches.length + rule.targetOptions.length > 0 ? '' : ' ',
  );

const verboseRow = (rule: Rule, style: ListStyle): string =>
  `    0     0 ${rule.target.padEnd(9)}  ${protocolOf(rule, style).padEnd(4)} --  ${shown(rule.inInterface, '*').padEnd(6)} ${shown(rule.outInterface, '*').padEnd(6)}  ${place(rule.source, style).padEnd(20)} ${place(rule.destination, style).padEnd(20)} ${details(rule)}`.trimEnd() +
  (details(rule) === '' ? '           ' : '');

const NUMBERS: Readonly<Record<string, string>> = { icmp: '1', tcp: '6', udp: '17' };

function protocolOf({ protocol }: Rule, { isNumeric }: ListStyle): string {
  const name = protocol?.value ?? 'all';
  const text = isNumeric ? (NUMBERS[name] ?? (name === 'all' ? '0' : name)) : name;
  return protocol?.isNegated === true ? `!${text}` : text;
}

const shown = (part: Negatable | undefined, absent: string): string =>
  part === undefined ? absent : `${part.isNegated ? '!' : ''}${part.value}`;

const place = (part: Negatable | undefined, { isNumeric }: ListStyle): string =>
  shown(part, isNumeric ? '0.0.0.0/0' : 'anywhere').replace(/\/32$/, '');

function details(rule: Rule): string {
  const words = rule.matches.flatMap(({ module, options }) =>
    options.map(({ name, value, isNegated }) => `${isNegated ? '! ' : ''}${optionText(module, name, value ?? '')}`),
  );
  return [...words, ...targetText(rule)].join(' ');
}

function optionText(module: string, name: string, value: string): string {
  switch (name) {
    case '--ctstate':
      return `ctstate ${value}`;
    case '--state':
      return `state ${value}`;
    case '--icmp-type':
      return `icmptype ${value}`;
    case '--dports':
      return `multiport dports ${value}`;
    case '--sports':
      return `multiport sports ${value}`;
    case '--dport':
      return `${module} dpt${value.includes(':') ? 's' : ''}:${value}`;
    case '--sport':
      return `${module} spt${value.includes(':') ? 's' : ''}:${value}`;
    case '--comment':
      return `/* ${value} */`;
    case '--limit':
      return `limit: avg ${value}`;
    case '--limit-burst':
      return `burst ${value}`;
    default:
      return `${name.replace(/^--/, '')} ${value}`.trim();
  }
}

function targetText({ target, targetOptions }: Rule): string[] {
  const options = targetOptions.join(' ');
  switch (target) {
    case 'REJECT':
      return [options.replace('--reject-with', 'reject-with')];
    case 'LOG': {
      const level = /--log-level (\S+)/.exec(options)?.[1] ?? '4';
      const prefix = /--log-prefix (.*?)(?: --|$)/.exec(options)?.[1];
      return [`LOG flags 0 level ${level}${prefix === undefined ? '' : ` prefix "${prefix}"`}`];
    }
    default:
      return options === '' ? [] : [options.replaceAll('--', '')];
  }
}
