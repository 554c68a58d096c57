import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Laboratory } from './laboratory';
import { run, skipWithoutPackage } from './programs';

const skip = skipWithoutPackage('ssh');

describe('a machine of the model as somebody’s own, with a tunnel to a node', { skip, timeout: 240_000 }, () => {
  const lab = new Laboratory();
  let address: string;
  before(async () => {
    await lab.start();
    const port = ['-P', String(await lab.nodes.port('lab-1'))];
    const copied = await run('scp', [...lab.options(), ...port, lab.nodes.key, 'core@127.0.0.1:.ssh/deis']);
    assert.equal(copied.code, 0, copied.stderr);
    address = (await lab.nodes.run('lab-2', '. /etc/environment; echo $COREOS_PRIVATE_IPV4')).stdout.trim();
  });
  after(() => lab.stop());

  /** On lab-1, with an agent that holds the droplets' key. */
  const withKey = async (command: string): Promise<{ code: number | null; text: string }> => {
    const script = `eval $(ssh-agent) > /dev/null; ssh-add -q ~/.ssh/deis; ${command}`;
    const { code, stdout, stderr } = await lab.nodes.run('lab-1', script);
    return { code, text: stdout + stderr };
  };

  it('asks about the host, remembers it, and warns when its key has changed', async () => {
    const list = `fleetctl --tunnel ${address} list-machines --no-legend`;
    const asked = await withKey(`${list} < /dev/null`);
    assert.equal(asked.code, 1);
    assert.match(asked.text, /ECDSA key fingerprint is [0-9a-f:]{47}\.[^]*unauthorized host\n$/);
    assert.equal((await withKey(`echo yes | ${list}`)).text.match(/^[0-9a-f]{8}\.\.\./gm)?.length, 3);
    assert.equal((await withKey(`${list} < /dev/null`)).code, 0);

    await lab.nodes.run('lab-2', 'sudo rm /etc/ssh/ssh_host_ecdsa_key*; sudo sshd-keygen');
    const changed = await withKey(list);
    assert.equal(changed.code, 1);
    assert.match(changed.text, /REMOTE HOST IDENTIFICATION HAS CHANGED[^]*host key mismatch\n$/);
    assert.equal((await withKey(`fleetctl --strict-host-key-checking=false --tunnel ${address} list-units`)).code, 0);
  });

  it('needs an agent, and a key in it', async () => {
    const list = `fleetctl --strict-host-key-checking=false --tunnel ${address} list-machines`;
    const none = await lab.nodes.run('lab-1', list);
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /SSH_AUTH_SOCK environment variable is not set/);

    const empty = await lab.nodes.run('lab-1', `eval $(ssh-agent) > /dev/null; DEISCTL_TUNNEL=${address} deisctl list`);
    assert.equal(empty.code, 127); // Not installed yet.
    const keyless = await lab.nodes.run('lab-1', `eval $(ssh-agent) > /dev/null; ${list}`);
    assert.match(keyless.stderr, /unable to authenticate, attempted methods \[/);
  });

  it('reads a unit’s journal on the node that runs it, and is told of a host that is not there', async () => {
    await lab.nodes.run(
      'lab-3',
      'printf "[Service]\\nExecStart=/bin/sh -c \\"echo hello; sleep 1000\\"\\n" > hi.service; fleetctl start hi.service',
    );
    const shown = await withKey(
      `export FLEETCTL_TUNNEL=${address} FLEETCTL_STRICT_HOST_KEY_CHECKING=false; fleetctl status hi.service; fleetctl journal hi.service`,
    );
    assert.equal(shown.code, 0, shown.text);
    assert.match(shown.text, /Active: active \(running\)[^]*: hello\n$/);

    const dead = await withKey('fleetctl --tunnel 10.250.1.2 list-machines');
    assert.equal(dead.code, 1);
    assert.match(dead.text, /dial tcp 10\.250\.1\.2:22: connect: no route to host\n$/);
  });

  it('lends a machine the agent when told to', async () => {
    const machine = (await lab.nodes.run('lab-3', 'cat /etc/machine-id')).stdout.trim();
    const list = `fleetctl --strict-host-key-checking=false --tunnel ${address} ssh`;
    assert.match((await withKey(`${list} --forward-agent ${machine} -- ssh-add -l`)).text, /^2048 SHA256:\S+ /);
    assert.match((await withKey(`${list} ${machine} -- ssh-add -l`)).text, /Could not open a connection/);
    assert.equal((await withKey(`${list} ${machine} exit 3`)).code, 3);
    const shell = await withKey(`printf 'hostname\\nexit 3\\n' | ${list} ${machine}`);
    assert.deepEqual([shell.code, shell.text], [0, 'lab-3\n']);
  });

  it('sets and shows the platform’s configuration from there', async () => {
    await lab.nodes.run('lab-1', 'curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s 1.13.4');
    const { code, text } = await withKey(
      `export DEISCTL_TUNNEL=${address}; deisctl config platform set domain=example.com; deisctl config platform get domain; deisctl list`,
    );

    assert.equal(code, 0, text);
    assert.match(text, /^example\.com\nexample\.com\nUNIT\t+MACHINE/);
  });

  it('refuses RSA keys where sshd no longer takes signatures by SHA-1', async () => {
    await lab.nodes.run(
      'lab-2',
      'echo "PubkeyAcceptedAlgorithms -ssh-rsa" | sudo tee -a /etc/ssh/sshd_config > /dev/null; sudo systemctl restart sshd',
    );

    const { code, text } = await withKey(`fleetctl --strict-host-key-checking=false --tunnel ${address} list-machines`);
    assert.equal(code, 1);
    assert.match(text, /unable to authenticate/);
  });
});
