/** How a command is called: what its help says, and which words and options it takes (Deis 1.13, deisctl/client/client.go). */
export interface CommandUsage {
  readonly about: string;
  /** Each after `deisctl `. */
  readonly forms: readonly string[];
  readonly more?: string;
  /** Fewest and most words after the command. */
  readonly words: readonly [number, number];
  readonly options?: readonly string[];
}

const MANY = Infinity;

const UNIT_FOLDERS = `"deisctl install" looks for unit files in these directories, in this order:
- the $DEISCTL_UNITS environment variable, if set
- $HOME/.deis/units
- /var/lib/deis/units`;

const STATELESS = {
  more: 'Options:\n  --stateless  Use when the target platform is stateless',
  options: ['stateless'],
};

const onTargets = (verb: string, about: string): CommandUsage => ({
  ...{ about, forms: [`${verb} [<target>...]`], words: [0, MANY] },
});

export const COMMAND_USAGE: Readonly<Record<string, CommandUsage>> = {
  config: {
    about: `Gets or sets a configuration value from the cluster.

A configuration value is stored and retrieved from a key/value store
(in this case, etcd) at /deis/<component>/<config>. Configuration
values are typically used for component-level configuration, such as
enabling TLS for the routers.

Note: "deisctl config platform set sshPrivateKey=" expects a path
to a private key.`,
    forms: ['config <target> get [<key>...]', 'config <target> set <key=val>...', 'config <target> rm [<key>...]'],
    more: `Examples:
  deisctl config platform set domain=mydomain.com
  deisctl config platform set sshPrivateKey=$HOME/.ssh/deis
  deisctl config controller get webEnabled
  deisctl config controller rm webEnabled`,
    words: [2, MANY],
  },
  dock: {
    about: `Connect to the named docker container and run commands on it.

This is equivalent to running 'docker exec -it <target> <command>'.`,
    forms: ['dock <target> [<command>...]'],
    words: [1, MANY],
  },
  install: {
    about: `Loads the definitions of components from local unit files.

After install, the components will be available to start.

${UNIT_FOLDERS}`,
    forms: ['install [<target>...] [options]'],
    more: 'Options:\n  --router-mesh-size=<num>  Number of routers to be loaded when installing the platform [default: 3].',
    words: [0, MANY],
    options: ['router-mesh-size'],
  },
  journal: onTargets('journal', 'Prints log output for the specified components.'),
  list: { about: 'Prints a list of installed units.', forms: ['list'], words: [0, 0] },
  machines: { about: 'List the current hosts in the cluster\n', forms: ['machines'], words: [0, 0] },
  'refresh-units': {
    about: `Overwrites local unit files with those requested.

Downloading from the Deis project GitHub URL by tag or SHA is the only mechanism
currently supported.

${UNIT_FOLDERS}`,
    forms: ['refresh-units [-p <target>] [-t <tag>]'],
    more: `Options:
  -p --path=<target>   where to save unit files [default: $HOME/.deis/units]
  -t --tag=<tag>       git tag, branch, or SHA to use when downloading unit files
                       [default: v1.13.4]`,
    words: [0, 0],
    options: ['path', 'tag'],
  },
  restart: onTargets('restart', 'Stops and then starts the specified components.'),
  'rolling-restart': {
    about: 'Perform a rolling restart of an instance unit.',
    forms: ['rolling-restart <target>'],
    words: [1, 1],
  },
  scale: onTargets(
    'scale',
    `Grows or shrinks the number of running components.

Currently "router", "registry" and "store-gateway" are the only types that can be scaled.`,
  ),
  ssh: {
    about: `Open an interactive shell on a machine in the cluster given a unit or machine id.

If an optional <command> is provided, that command is run remotely, and the results returned.`,
    forms: ['ssh <target> [<command>...]'],
    words: [1, MANY],
  },
  start: onTargets('start', 'Activates the specified components.'),
  status: onTargets('status', 'Prints the current status of components.'),
  stop: onTargets('stop', 'Deactivates the specified components.'),
  uninstall: onTargets(
    'uninstall',
    `Unloads the definitions of the specified components.

After uninstall, the components will be unavailable until install is called.`,
  ),
  'upgrade-prep': {
    ...{ about: 'Prepare platform for graceful upgrade.', forms: ['upgrade-prep [--stateless]'], words: [0, 0] },
    ...STATELESS,
  },
  'upgrade-takeover': {
    ...{ about: 'Complete the upgrade of a prepped cluster.', forms: ['upgrade-takeover [--stateless]'] },
    ...{ words: [0, 0], ...STATELESS },
  },
};

const formsOf = (command: string): string =>
  `Usage:\n${(COMMAND_USAGE[command]?.forms ?? []).map((form) => `  deisctl ${form}\n`).join('')}`;

/** What a call that fits no form is answered. */
export const usageOf = (command: string): string => formsOf(command);

/** `deisctl help COMMAND`. */
export function helpOf(command: string): string {
  const usage = COMMAND_USAGE[command];
  // Where the words of another machine's command follow, deisctl prints its help itself, and one end of line too many.
  const ending = command === 'ssh' || command === 'dock' ? '\n' : '';
  const more = usage?.more === undefined ? ending : `\n${usage.more}\n`;
  return `${usage?.about ?? ''}\n\n${formsOf(command)}${more}`;
}

/** Whether so many words may follow the command. */
export function fits(command: string, words: readonly string[]): boolean {
  const { words: [fewest, most] = [0, MANY] } = COMMAND_USAGE[command] ?? {};
  return words.length >= fewest && words.length <= most;
}
