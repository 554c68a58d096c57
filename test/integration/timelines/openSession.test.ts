import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VirtualLab } from '../virtual/virtualLab';

const OPTIONS = '-o StrictHostKeyChecking=no -o LogLevel=ERROR';
const ALIVE = '-o ServerAliveInterval=5 -o ServerAliveCountMax=3';
/** Of whoever waits for a session that hangs. */
const PATIENCE_MS = 120_000;

describe('an SSH session from one node to another that loses its power', { timeout: 120_000 }, () => {
  let lab: VirtualLab;
  before(async () => {
    lab = await VirtualLab.open({ fleet: '1.0' });
    await lab.prepare('deis-1', 'mkdir -p .ssh && ssh-keygen -q -t rsa -b 2048 -N "" -f .ssh/id_rsa');
    await lab.prepare('deis-2', 'mkdir -p .ssh');
    await lab.write('deis-2', '.ssh/authorized_keys', await lab.prepare('deis-1', 'cat .ssh/id_rsa.pub'));
  });
  after(() => lab.close());

  it('ends by itself when its client asks for signs of life, after four of its intervals, and else hangs', async () => {
    const to = (options: string): string =>
      `ssh ${OPTIONS} ${options} core@${lab.cluster.addresses[1] ?? ''} 'echo up; sleep 1000'`;
    let isHanging = true;
    void lab.run('deis-1', to('')).finally(() => (isHanging = false));
    const kept = lab.run('deis-1', to(ALIVE)).then((said) => ({ ...said, at: lab.now() }));
    await lab.rest(11_000);
    const from = lab.now();
    lab.cutPower('deis-2');
    await lab.rest(PATIENCE_MS);

    const { exit, stdout, stderr, at } = await kept;
    assert.deepEqual({ exit, stdout }, { exit: 255, stdout: 'up\n' });
    assert.match(stderr, /^Timeout, server [\d.]+ not responding\.\r\n$/);
    assert.ok(at - from >= 15_000 && at - from <= 20_000, `${at - from} ms`);
    assert.ok(isHanging);
  });

  it('is reset when that node has booted again and is asked', async () => {
    lab.powerOn('deis-2');
    await lab.rest(30_000);
    const address = lab.cluster.addresses[1] ?? '';
    const session = lab.run('deis-1', `ssh ${OPTIONS} ${ALIVE} core@${address} 'sleep 1000'`);
    await lab.rest(6_000);
    lab.cutPower('deis-2');
    await lab.rest(1_000);
    lab.powerOn('deis-2');
    await lab.rest(PATIENCE_MS);

    const { exit, stderr } = await session;
    assert.equal(exit, 255);
    assert.match(stderr, /^Read from remote host [\d.]+: Connection reset by peer\r\n$/);
  });
});
