import { COMMANDS, GLOBAL_FLAGS, HELP_FLAG, VERSION_FLAG, type Command, type Flag } from './commandTable';
import { ETCD_VERSION } from '../http/serve';

/** The help texts as the library of the program lays them out (urfave/cli 1, `AppHelpTemplate` and its kin). */

const columns = (rows: readonly (readonly [string, string])[], indent: string): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, usage]) => `${indent}${name.padEnd(width)}  ${usage}\n`).join('');
};

function describeFlag(flag: Flag): readonly [string, string] {
  const placeholder = flag.kind === 'switch' ? '' : ` ${flag.placeholder ?? 'value'}`;
  const names = flag.names.map((name) => `${name.length > 1 ? '--' : '-'}${name}${placeholder}`).join(', ');
  return [names, flag.standard === undefined ? flag.usage : `${flag.usage} (default: ${flag.standard})`];
}

const list = (commands: readonly Command[]): (readonly [string, string])[] =>
  commands.map(({ name, usage }) => [name, usage] as const);

export const programHelp = (): string => `NAME:
   etcdctl - A simple command line client for etcd.

USAGE:
   etcdctl [global options] command [command options] [arguments...]

VERSION:
   ${ETCD_VERSION}

COMMANDS:
${columns([...list(COMMANDS), ['help, h', 'Shows a list of commands or help for one command']], '   ')}
GLOBAL OPTIONS:
${columns([...GLOBAL_FLAGS, HELP_FLAG, VERSION_FLAG].map(describeFlag), '   ')}`;

/** `etcdctl help VERB` and `etcdctl VERB --help`; `path` is the command with those above it. */
export function commandHelp(path: string, command: Command): string {
  const { usage, description, flags } = command;
  const options = flags.length > 0 ? ' [command options]' : '';
  const about = description === undefined ? '' : `\nDESCRIPTION:\n   ${description}\n`;
  const table = flags.length > 0 ? `\nOPTIONS:\n${columns(flags.map(describeFlag), '   ')}   \n` : '';
  return `NAME:\n   etcdctl ${path} - ${usage}\n\nUSAGE:\n   etcdctl ${path}${options} ${command.arguments}\n${about}${table}`;
}

/** `etcdctl member` alone. */
export const groupHelp = ({ name, usage, commands = [] }: Command): string => `NAME:
   etcdctl ${name} - ${usage}

USAGE:
   etcdctl ${name} command [command options] [arguments...]

COMMANDS:
${columns(list(commands), '   ')}
OPTIONS:
${columns([describeFlag(HELP_FLAG)], '   ')}   \n`;

/** `etcdctl member help`. */
export const groupProgramHelp = ({ name, usage, commands = [] }: Command): string => `NAME:
   etcdctl ${name} - ${usage}

USAGE:
   etcdctl ${name} [global options] command [command options] [arguments...]

VERSION:
   ${ETCD_VERSION}

COMMANDS:
${columns(list(commands), '   ')}
GLOBAL OPTIONS:
${columns([describeFlag(HELP_FLAG)], '   ')}`;
