import { optionsOf, usageOf } from './options';

/** What `fleetctl help` says, by version (the recorded traces, fleetctl/help.txt and fleet-0.11.7/help.txt). */
export const FLEETCTL_HELP: Readonly<Record<'1.0' | '0.11', string>> = {
  '1.0': `NAME:
\tfleetctl - fleetctl is a command-line interface to fleet, the cluster-wide CoreOS init system.

USAGE:
\tfleetctl

VERSION:
\tv1.0.0-15-g45224983

COMMANDS:
\tcat\t\tOutput the contents of a submitted unit
\tdestroy\t\tDestroy one or more units in the cluster
\tfd-forward\tProxy stdin and stdout to a unix domain socket
\thelp\t\tHelp about any command
\tjournal\t\tPrint the journal of a unit in the cluster to stdout
\tlist-machines\tEnumerate the current hosts in the cluster
\tlist-unit-files\tList the units that exist in the cluster.
\tlist-units\tList the current state of units in the cluster
\tload\t\tSchedule one or more units in the cluster, first submitting them if necessary.
\trestart\t\tInstruct systemd to rolling restart one or more units in the cluster.
\tssh\t\tOpen interactive shell on a machine in the cluster
\tstart\t\tInstruct systemd to start one or more units in the cluster, first submitting and loading if necessary.
\tstatus\t\tOutput the status of one or more units in the cluster
\tstop\t\tInstruct systemd to stop one or more units in the cluster.
\tsubmit\t\tUpload one or more units to the cluster without starting them
\tunload\t\tUnschedule one or more units in the cluster.
\tverify\t\t
\tversion\t\tPrint the version and exit

OPTIONS:
      --ca-file string             Location of TLS CA file used to secure communication with the fleet API or etcd
      --cert-file string           Location of TLS cert file used to secure communication with the fleet API or etcd
      --debug                      Print out more debug information to stderr
      --driver string              Adapter used to execute fleetctl commands. Options include "API" and "etcd". (default "API")
      --endpoint string            Location of the fleet API if --driver=API. Alternatively, if --driver=etcd, location of the etcd API. (default "unix:///var/run/fleet.sock")
      --etcd-cafile string         DEPRECATED: do not use this flag.
      --etcd-certfile string       DEPRECATED: do not use this flag.
      --etcd-key-prefix string     Keyspace for fleet data in etcd (development use only!) (default "/_coreos.com/fleet/")
      --etcd-keyfile string        DEPRECATED: do not use this flag.
      --experimental-api           DEPRECATED: do not use this flag. (default true)
      --h                          Print usage information and exit
      --help                       Print usage information and exit
      --key-file string            Location of TLS key file used to secure communication with the fleet API or etcd
      --known-hosts-file string    File used to store remote machine fingerprints. Ignored if strict host key checking is disabled. (default "~/.fleetctl/known_hosts")
      --request-timeout float      Amount of time in seconds to allow a single request before considering it failed. (default 3)
      --ssh-timeout float          Amount of time in seconds to allow for SSH connection initialization before failing. (default 10)
      --ssh-username string        Username to use when connecting to CoreOS instance. (default "core")
      --strict-host-key-checking   Verify host keys presented by remote machines before initiating SSH connections. (default true)
      --tunnel string              Establish an SSH tunnel through the provided address for communication with fleet and etcd.
      --version                    Print the version and exit

`,
  '0.11': `NAME:
\tfleetctl - fleetctl is a command-line interface to fleet, the cluster-wide CoreOS init system.

USAGE: 
\tfleetctl [global options] <command> [command options] [arguments...]

VERSION:
\t0.11.7

COMMANDS:
\tcat\t\tOutput the contents of a submitted unit
\tdestroy\t\tDestroy one or more units in the cluster
\tfd-forward\tProxy stdin and stdout to a unix domain socket
\thelp\t\tShow a list of commands or help for one command
\tjournal\t\tPrint the journal of a unit in the cluster to stdout
\tlist-machines\tEnumerate the current hosts in the cluster
\tlist-unit-files\tList the units that exist in the cluster.
\tlist-units\tList the current state of units in the cluster
\tload\t\tSchedule one or more units in the cluster, first submitting them if necessary.
\tssh\t\tOpen interactive shell on a machine in the cluster
\tstart\t\tInstruct systemd to start one or more units in the cluster, first submitting and loading if necessary.
\tstatus\t\tOutput the status of one or more units in the cluster
\tstop\t\tInstruct systemd to stop one or more units in the cluster.
\tsubmit\t\tUpload one or more units to the cluster without starting them
\tunload\t\tUnschedule one or more units in the cluster.
\tverify\t\tDEPRECATED - No longer works
\tversion\t\tPrint the version and exit

GLOBAL OPTIONS:
\t--ca-file=\t\t\t\t\tLocation of TLS CA file used to secure communication with the fleet API or etcd
\t--cert-file=\t\t\t\t\tLocation of TLS cert file used to secure communication with the fleet API or etcd
\t--debug=false\t\t\t\t\tPrint out more debug information to stderr
\t--driver=API\t\t\t\t\tAdapter used to execute fleetctl commands. Options include "API" and "etcd".
\t--endpoint=unix:///var/run/fleet.sock\t\tLocation of the fleet API if --driver=API. Alternatively, if --driver=etcd, location of the etcd API.
\t--etcd-key-prefix=/_coreos.com/fleet/\t\tKeyspace for fleet data in etcd (development use only!)
\t-h=false\t\t\t\t\tPrint usage information and exit
\t--help=false\t\t\t\t\tPrint usage information and exit
\t--key-file=\t\t\t\t\tLocation of TLS key file used to secure communication with the fleet API or etcd
\t--known-hosts-file=~/.fleetctl/known_hosts\tFile used to store remote machine fingerprints. Ignored if strict host key checking is disabled.
\t--request-timeout=3\t\t\t\tAmount of time in seconds to allow a single request before considering it failed.
\t--ssh-timeout=10\t\t\t\tAmount of time in seconds to allow for SSH connection initialization before failing.
\t--ssh-username=core\t\t\t\tUsername to use when connecting to CoreOS instance.
\t--strict-host-key-checking=true\t\t\tVerify host keys presented by remote machines before initiating SSH connections.
\t--tunnel=\t\t\t\t\tEstablish an SSH tunnel through the provided address for communication with fleet and etcd.
\t--version=false\t\t\t\t\tPrint the version and exit

Global options can also be configured via upper-case environment variables prefixed with "FLEETCTL_"
For example, "some-flag" => "FLEETCTL_SOME_FLAG"

Run "fleetctl help <command>" for more details on a specific command.
`,
};

/** What `fleetctl help VERB` says. */
export function helpOf(verb: string, version: '1.0' | '0.11'): string {
  const help = FLEETCTL_HELP[version];
  const summary = help.split('\n').find((line) => line.startsWith(`\t${verb}\t`)) ?? '';
  const head = `NAME:\n\t${verb} - ${summary.trim().slice(verb.length).trim()}\n\nUSAGE:\n\t${usageOf(verb)}\n`;
  const options = Object.entries(optionsOf(verb, version));
  if (version === '0.11') {
    const lines = options.map(([name, { about, fallback }]) => `\t--${name}=${fallback}\t${about}\n`);
    const shown = lines.length === 0 ? '' : `\nOPTIONS:\n${lines.join('')}`;
    return `${head}${shown}\nFor help on global options run "fleetctl help"\n`;
  }
  const types = { switch: '', number: ' int', text: ' string' } as const;
  const names = options.map(([name, { kind }]) => `      --${name}${types[kind]}`);
  const width = Math.max(...names.map((name) => name.length));
  const lines = options.map(([, { about, fallback, kind }], at) => {
    const isShown = kind !== 'switch' && fallback !== '' && fallback !== '0';
    const value = kind === 'text' ? JSON.stringify(fallback) : fallback;
    return `${(names[at] ?? '').padEnd(width)}   ${about}${isShown ? ` (default ${value})` : ''}\n`;
  });
  const globals = help.slice(help.indexOf('OPTIONS:\n') + 'OPTIONS:\n'.length);
  return `${head}${lines.length === 0 ? '' : `\nOPTIONS:\n${lines.join('')}`}\nGLOBAL OPTIONS:\n${globals}`;
}
