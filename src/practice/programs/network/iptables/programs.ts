import type { ProgramContext } from '../../program';
import { resolvePath } from '../../../host/files/path';
import { insideOf } from '../../../host/inside';
import { program } from '../../program';
import { readTables, writeTables } from './kernelTables';
import { listChains, listSpecifications } from './list';
import { edit, restore, RestoreError } from './restore';
import { RuleError } from './rule';
import { isTable, Table } from './table';

const VERSION = 'v1.4.21';

interface Request {
  readonly table: string;
  readonly command: string;
  readonly chain: string;
  readonly rest: readonly string[];
  readonly flags: ReadonlySet<string>;
}

const COMMANDS =
  /^(?:-[ADIRLSFZNXPC]|--(?:append|delete|insert|replace|list|list-rules|flush|zero|new-chain|delete-chain|policy|check))$/;

function parse(args: readonly string[]): Request {
  const words = [...args];
  const found = { table: 'filter', command: '', chain: '' };
  const rest: string[] = [];
  const flags = new Set<string>();
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (word === '-t' || word === '--table') {
      found.table = words.shift() ?? '';
    } else if (COMMANDS.test(word) && found.command === '') {
      found.command = word;
      found.chain = words[0] !== undefined && !words[0].startsWith('-') ? (words.shift() ?? '') : '';
    } else if (/^-[nvx]+$/.test(word) || /^--(?:numeric|verbose|exact|line-numbers)$/.test(word)) {
      flags.add(word.startsWith('--') ? word.slice(2) : '');
      Array.from(word.replace(/^-+/, '')).forEach((letter) => word.startsWith('--') || flags.add(letter));
    } else if (word === '-w' || word === '--wait') {
      if (/^\d+$/.test(words[0] ?? '')) {
        words.shift();
      }
    } else {
      rest.push(word);
    }
  }
  return { ...found, rest, flags };
}

async function iptables(context: ProgramContext): Promise<number> {
  if (context.args.some((arg) => arg === '--version' || arg === '-V')) {
    context.stdout(`iptables ${VERSION}\n`);
    return 0;
  }
  const request = parse(splitClusters(context.args));
  if (request.command === '') {
    context.stderr(
      `iptables ${VERSION}: no command specified\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
    );
    return 2;
  }
  if (context.user !== 'root') {
    context.stderr(
      `iptables ${VERSION}: can't initialize iptables table \`${request.table}': Permission denied (you must be root)\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    );
    return 3;
  }
  if (!isTable(request.table)) {
    context.stderr(
      `iptables ${VERSION}: can't initialize iptables table \`${request.table}': Table does not exist (do you need to insmod?)\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    );
    return 3;
  }
  try {
    return await obey(context, request);
  } catch (error) {
    if (!(error instanceof RuleError)) {
      throw error;
    }
    const isKernel = error.exitCode === 1;
    context.stderr(
      isKernel
        ? `iptables: ${error.message}\n`
        : `iptables ${VERSION}: ${error.message}\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
    );
    return error.exitCode;
  }
}

/** `-nvL`, `-vnL INPUT`: switches and the command in one word. */
const splitClusters = (args: readonly string[]): string[] =>
  args.flatMap((arg) =>
    /^-[nvx]*[LS][nvx]*$/.test(arg) && arg.length > 2
      ? Array.from(arg.slice(1))
          .map((letter) => `-${letter}`)
          .sort((a, b) => Number(/[LS]/.test(a)) - Number(/[LS]/.test(b)))
      : [arg],
  );

function obey(context: ProgramContext, request: Request): Promise<number> {
  const { kernel } = insideOf(context.host);
  const tables = readTables(kernel, context.host);
  const table = tables.get(request.table) ?? new Table(request.table);
  tables.set(request.table, table);
  const { command, chain, rest, flags } = request;
  const only = chain === '' ? undefined : chain;
  switch (command) {
    case '-S':
    case '--list-rules':
      context.stdout(listSpecifications(table, only));
      return Promise.resolve(0);
    case '-L':
    case '--list':
      context.stdout(
        listChains(
          table,
          {
            isNumeric: flags.has('n') || flags.has('numeric'),
            isVerbose: flags.has('v') || flags.has('verbose'),
            hasLineNumbers: flags.has('line-numbers'),
          },
          only,
        ),
      );
      return Promise.resolve(0);
    case '-C':
    case '--check':
      if (table.find(chain, rest) === -1) {
        throw new RuleError('Bad rule (does a matching rule exist in that chain?).', 1);
      }
      return Promise.resolve(0);
    default:
      edit(table, { command, chain, rest });
      writeTables(kernel, context.host, tables);
      return Promise.resolve(0);
  }
}

function save(context: ProgramContext): number {
  if (context.user !== 'root') {
    context.stderr(`iptables-save ${VERSION}: Cannot initialize: Permission denied (you must be root)\n\n`);
    return 1;
  }
  const wanted = context.args[context.args.findIndex((arg) => arg === '-t' || arg === '--table') + 1];
  const isChosen = context.args.some((arg) => arg === '-t' || arg === '--table');
  const date = new Date(context.timeline.now())
    .toUTCString()
    .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5 $4');
  for (const table of readTables(insideOf(context.host).kernel, context.host).values()) {
    if (!isChosen || table.name === wanted) {
      context.stdout(`# Generated by iptables-save ${VERSION} on ${date}\n${table.save()}# Completed on ${date}\n`);
    }
  }
  return 0;
}

async function load(context: ProgramContext): Promise<number> {
  const isTest = context.args.some((arg) => arg === '-t' || arg === '--test');
  const keeps = context.args.some((arg) => arg === '-n' || arg === '--noflush');
  const [file] = context.args.filter((arg) => !arg.startsWith('-'));
  if (context.user !== 'root') {
    context.stderr(
      `iptables-restore ${VERSION}: iptables-restore: unable to initialize table 'filter'\n\nError occurred at line: 1\nTry \`iptables-restore -h' or 'iptables-restore --help' for more information.\n`,
    );
    return 2;
  }
  const { kernel } = insideOf(context.host);
  let text: string;
  if (file === undefined) {
    text = context.stdin === '' ? ((await context.session?.readStdin()) ?? '') : context.stdin;
  } else {
    const path = resolvePath(context.workingDirectory, file);
    if (!(await context.host.files.exists(path))) {
      context.stderr(`Can't open ${file}: No such file or directory\n`);
      return 1;
    }
    text = await context.host.files.readFile(path);
  }
  try {
    const tables = restore(text, readTables(kernel, context.host), keeps);
    if (!isTest) {
      writeTables(kernel, context.host, tables);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof RestoreError)) {
      throw error;
    }
    context.stderr(
      `iptables-restore ${VERSION}: iptables-restore: ${error.message}\n\nError occurred at line: ${error.line}\nTry \`iptables-restore -h' or 'iptables-restore --help' for more information.\n`,
    );
    return 2;
  }
}

export const iptablesPrograms = [
  program('iptables', iptables),
  program('iptables-save', save),
  program('iptables-restore', load),
];
