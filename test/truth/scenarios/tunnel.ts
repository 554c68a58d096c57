import ssh2 from 'ssh2';
import { listing, streams, type Comparator, type StreamComparator } from '../compare';
import { unitStatus } from '../unitStatus';
import { installDeisctl, startPlatform } from '../platform';
import type { HowToRun, Scenario, Stage } from '../stage';

/** Go keeps the tried methods in a map and lists them in its random order. */
const METHODS = [
  [/attempted methods \[(?:none publickey|publickey none)\]/g, 'attempted methods [none publickey]'],
] as const;
/** The recording's own home was scrubbed. */
const HOME = [[/\/home\/core(?=\/)/g, '~']] as const;
const FINGERPRINT = [[/(^|fingerprint is )[0-9a-f:]{47}\.$/gm, '$1‹fingerprint›.']] as const;
const CHANCE = [...METHODS, ...HOME, ...FINGERPRINT];

const said = streams({ chance: CHANCE });
const list = listing({ chance: CHANCE });

const shown: Comparator = streams({ stdout: unitStatus, chance: CHANCE });

/** The far side of the tunnel in the recording, and the agents of its client machine. */
class Client {
  #agents: Readonly<Record<'rsa' | 'ed25519' | 'none', string>> = { rsa: '', ed25519: '', none: '' };

  constructor(private readonly stage: Stage) {}

  async open(): Promise<void> {
    const { stage } = this;
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048, comment: 'deis' });
    await stage.lab.write('client', '.ssh/deis', rsa.private);
    await stage.lab.write('client', '.ssh/ed', stage.lab.keys.private);
    for (const number of [1, 2, 3, 4, 5]) {
      await stage.prepare(`deis-${number}`, `echo '${rsa.public}' >> ~/.ssh/authorized_keys`);
    }
    await installDeisctl(stage, 'client');
    this.#agents = {
      rsa: await this.#agent('~/.ssh/deis'),
      ed25519: await this.#agent('~/.ssh/ed'),
      none: await this.#agent(''),
    };
  }

  async #agent(key: string): Promise<string> {
    const add = key === '' ? '' : `ssh-add -q ${key};`;
    return (await this.stage.prepare('client', `eval $(ssh-agent) > /dev/null; ${add} echo $SSH_AUTH_SOCK`)).trim();
  }

  /** As a person has it in the shell: an agent, and a tunnel for deisctl. */
  async row(
    file: string,
    as: Comparator,
    more: { command?: string; agent?: 'rsa' | 'ed25519' | 'none'; tunnel?: string; before?: string } = {},
  ): Promise<void> {
    const { agent = 'rsa', tunnel = '10.77.0.11', before = '' } = more;
    const command = more.command ?? this.stage.commandOf(file);
    const exports = `export SSH_AUTH_SOCK=${this.#agents[agent]} DEISCTL_TUNNEL=${tunnel}`;
    const how: HowToRun = { as, command: `${exports}; ${before}${command}` };
    await this.stage.row(file, how);
  }

  async forgetHosts(): Promise<void> {
    await this.stage.prepare('client', 'rm -rf ~/.ssh/known_hosts ~/.fleetctl');
  }

  /** Both programs' files say the same. */
  async knowHosts(text: string): Promise<void> {
    await this.stage.prepare(
      'client',
      `mkdir -p ~/.fleetctl; ${text} > ~/.ssh/known_hosts; cp ~/.ssh/known_hosts ~/.fleetctl/`,
    );
  }
}

const SCAN = 'ssh-keyscan 10.77.0.11 10.77.0.12 10.77.0.13 10.77.0.14 10.77.0.15 2>/dev/null';

export const scenario: Scenario = {
  async run(stage) {
    const client = new Client(stage);
    await startPlatform(stage);
    await client.open();
    await firstContact(client);
    await knownHosts(stage, client);
    await questions(stage, client);
    await otherKeys(stage, client);
    await changedKey(stage, client);
  },
};

async function firstContact(client: Client): Promise<void> {
  await client.forgetHosts();
  await client.row('list-no-key-in-agent.txt', said, { agent: 'none' });
  await client.row('list-unknown-host.txt', list);
  await client.row('fleetctl-unknown-host.txt', said);
  await client.row('known-hosts-written.txt', said);
  await client.row('list-known-host.txt', list);
}

async function knownHosts(stage: Stage, client: Client): Promise<void> {
  await client.row('deisctl-strict-unknown-host.txt', said);
  await client.row('deisctl-strict-unknown-host-yes.txt', said);
  const keys = [[/AAAA\S+/g, '‹key›']] as const;
  await client.row('fleetctl-unknown-host-yes.txt', listing({ chance: [...CHANCE, ...keys] }));
  await client.row('deisctl-strict-eq-true.txt', said);
  await client.row('deisctl-strict-known-host.txt', said);
  await stage.prepare('deis-1', 'cat /etc/ssh/ssh_host_rsa_key.pub');
  await client.knowHosts(SCAN);
  await client.row('list-keyscan-all-types.txt', list);
}

async function questions(stage: Stage, client: Client): Promise<void> {
  await client.row('fleetctl-list-machines.txt', list);
  await client.row('fleetctl-list-units.txt', list);
  await client.row('fleetctl-nostrict.txt', list);
  await client.row('fleetctl-env-tunnel.txt', list, { before: 'export FLEETCTL_TUNNEL=10.77.0.11; ' });
  await client.row('deisctl-flag.txt', list);
  await client.row('config-get.txt', said);
  await client.row('status-remote.txt', shown);
  await client.row('status-fleetctl.txt', shown);
  // The recording's docker was a stub, and so are the lines that it left.
  const entries = [[/^(‹syslog time› ‹host \d› )\S+\[‹pid›\]: .*$/gm, '$1‹entry›']] as const;
  await client.row('journal-fleetctl.txt', streams({ stdout: sameKinds, chance: [...CHANCE, ...entries] }));
  await client.row('ssh-cmd.txt', said);
  await stage.prepare('client', 'sudo mv /var/lib/deis/units /var/lib/deis/none');
  await client.row('install-no-units.txt', said);
  await client.row('dead-host.txt', said, { tunnel: '10.77.0.99' });
  await client.row('fleetctl-dead-host.txt', said);
  const logger = await stage.nodeOf('deis-logger.service');
  const other = logger === 'deis-2' ? '10.77.0.13' : '10.77.0.12';
  const hop = stage.commandOf('status-remote-agent-forwarded.txt').replace('10.77.0.12', other);
  await client.row('status-remote-agent-forwarded.txt', shown, { command: hop });
  await client.row('config-set-sshkey.txt', said, {
    command: 'deisctl config platform set sshPrivateKey=~/.ssh/deis | cut -c1-40',
  });
}

/** How many entries there are, and how each is written. */
const sameKinds: StreamComparator = (recorded, ours) => {
  const shape = (text: string): string => text.replaceAll(/^(\S+ \S+ \S+ )\S+\[‹pid›\]: .*$/gm, '$1‹entry›');
  return shape(recorded) === shape(ours) ? undefined : `has the form ${shape(ours)}, not ${shape(recorded)}`;
};

async function otherKeys(stage: Stage, client: Client): Promise<void> {
  await client.row('deisctl-ed25519-key.txt', list, { agent: 'ed25519' });
  await client.row('fleetctl-ed25519-key.txt', list, { agent: 'ed25519' });
  const refuse = 'echo PubkeyAcceptedAlgorithms -ssh-rsa | sudo tee -a /etc/ssh/sshd_config > /dev/null';
  await stage.prepare('deis-3', refuse);
  await client.row('deisctl-sshd-without-ssh-rsa.txt', said, { tunnel: '10.77.0.13' });
  await client.row('fleetctl-sshd-without-ssh-rsa.txt', said);
}

async function changedKey(stage: Stage, client: Client): Promise<void> {
  const address = stage.lab.cluster.addresses[0] ?? '';
  const other = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  await client.knowHosts(`echo '${address} ${other.public}'`);
  await client.row('deisctl-changed-host-key.txt', list);
  await client.row('fleetctl-changed-host-key.txt', said);
}
