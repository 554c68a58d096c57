import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { VirtualLab } from '../../virtual/virtualLab';
import { openFive, said, until } from '../memory/fiveNodes';

const FULL = 'deis-3';
const OTHER = 'deis-1';
/** More than journald's files have room for, at some hundred bytes an entry. */
const FLOOD = 20_000;

const WEB = `[Service]
ExecStart=/usr/bin/docker run --rm --name web deis/router:v1.13.4 /bin/sleep 100000
Restart=on-failure
RestartSec=5

[X-Fleet]
`;

describe('a node whose disk is full', { timeout: 300_000 }, () => {
  let lab: VirtualLab;
  before(async () => {
    lab = await openFive('1gb');
    await lab.prepare(FULL, 'docker pull deis/router:v1.13.4');
    await lab.write(OTHER, 'web.service', `${WEB}MachineID=${lab.machine(FULL)}\n`);
    await lab.prepare(OTHER, 'fleetctl start web.service');
    await until(lab, FULL, 'systemctl is-active web', /^active$/m);
    lab.fillDisk(FULL);
  });
  after(async () => {
    await lab.close();
  });

  it('says so in df, and refuses what is written, in the words of each program', async () => {
    assert.match(await lab.prepare(FULL, 'df -m / | tail -1'), /\s0\s+100%\s+\/$/m);
    for (const [command, words] of [
      ['cat > file', /^cat: write error: No space left on device$/m],
      ['echo text >> file', /^bash: write error: No space left on device$/m],
      ['cp /etc/os-release copy', /^cp: .*: No space left on device$/m],
      ['mkdir folder', /^mkdir: cannot create directory 'folder': No space left on device$/m],
      ['fallocate -l 1m block', /^fallocate: fallocate failed: No space left on device$/m],
      ['dd if=/dev/zero of=block bs=1M count=1', /^dd: error writing 'block': No space left on device$/m],
    ] as const) {
      const { exit, stdout, stderr } = await lab.run(FULL, command, 'text\n');
      assert.notEqual(exit, 0, command);
      assert.match(stdout + stderr, words, command);
    }
  });

  it('still takes what lies in memory: /run and /tmp', async () => {
    assert.equal(await lab.prepare(FULL, 'echo text > /tmp/file; cat /tmp/file'), 'text\n');
    assert.equal(await lab.prepare(FULL, 'echo text | sudo tee /run/file'), 'text\n');
  });

  it('pulls no image, and starts no container of one that is there', async () => {
    const pull = await lab.run(FULL, 'docker pull deis/controller:v1.13.4');
    assert.equal(pull.exit, 1);
    assert.match(pull.stderr, /^write \/var\/lib\/docker\/tmp\/GetImageBlob\d+: no space left on device$/m);
    assert.doesNotMatch(await lab.prepare(FULL, 'docker images'), /deis\/controller/);
    const run = await lab.run(FULL, 'docker run --rm deis/router:v1.13.4 /bin/true');
    assert.equal(run.exit, 125);
    assert.match(
      run.stderr,
      /^docker: Error response from daemon: mkdir \/var\/lib\/docker\/overlay\/[0-9a-f]{64}-init: no space left on device\.$/m,
    );
  });

  it('keeps the unit files of fleet, which lie in memory, and starts no unit that needs a container', async () => {
    assert.match(await lab.prepare(FULL, 'systemctl cat web'), /^# \/run\/[^]*^ExecStart=\/usr\/bin\/docker run /m);
    await lab.prepare(
      FULL,
      'sudo docker stop web; sudo systemctl restart --no-block web; sudo systemd-run --unit=of-memory /bin/true',
    );
    await until(lab, FULL, 'sleep 1; systemctl show web -p SubState', /^SubState=auto-restart$/m);
    const journal = await lab.prepare(FULL, 'journalctl -u web --no-pager -o cat');
    assert.match(journal, /^docker: Error response from daemon: mkdir .*: no space left on device\.$/m);
    assert.match(journal, /^web\.service: Main process exited, code=exited, status=125\/n\/a$/m);
  });

  it('loses its etcd member at the next write, which starts again and again in vain', async () => {
    // If that member led, what is written before the others have elected another is lost, and its client gives up.
    await until(lab, OTHER, 'etcdctl set /disk full', /^full$/m);
    const wal =
      /^etcdserver: raft save state and entries error: write \/var\/lib\/etcd2\/member\/wal\/\S+\.wal: no space left on device$/m;
    await until(lab, FULL, 'journalctl -u etcd2 --no-pager -o cat', wal);
    await until(lab, FULL, 'sleep 1; systemctl show etcd2 -p SubState,NRestarts,Result', /^SubState=auto-restart$/m);
    await until(lab, FULL, 'sleep 5; journalctl -u etcd2 --no-pager -o cat', /restart counter is at 2\./);
    await until(lab, OTHER, 'sleep 2; etcdctl set /disk full; etcdctl cluster-health', /^cluster is degraded$/m);
  });

  it('loses its machine in fleet, as fleetd has no etcd to tell that it lives', async () => {
    const machine = lab.machine(FULL);
    await until(
      lab,
      OTHER,
      'sleep 2; fleetctl list-machines --full --no-legend',
      new RegExp(`^(?![^]*${machine})[0-9a-f]{32}`),
    );
    await until(lab, FULL, 'sleep 2; fleetctl list-machines', /^$/);
    assert.match(
      await said(lab, FULL, 'fleetctl list-machines'),
      /Error 503: fleet server unable to communicate with etcd/,
    );
  });

  it('keeps its journal for as long as journald’s files have room, then loses what is logged; the kernel’s buffer says so', async () => {
    await lab.prepare(FULL, 'logger before the flood');
    assert.match(await lab.prepare(FULL, 'journalctl --no-pager -o cat -n 20'), /^before the flood$/m);
    await lab.prepare(FULL, `seq ${FLOOD} | logger`);
    await lab.prepare(FULL, 'logger after the flood');
    assert.doesNotMatch(await lab.prepare(FULL, 'journalctl --no-pager -o cat'), /^after the flood$/m);
    const complaint =
      /systemd-journald\[\d+\]: Failed to write entry \(\d+ items, \d+ bytes\), ignoring: No space left on device$/m;
    assert.match(await lab.prepare(FULL, 'dmesg'), complaint);
  });

  it('is whole again as soon as there is room', async () => {
    lab.repair();
    await until(lab, OTHER, 'sleep 2; etcdctl cluster-health', /^cluster is healthy$/m);
    await until(lab, OTHER, 'sleep 2; fleetctl list-machines --no-legend | wc -l', /^5$/m);
    await until(lab, OTHER, 'sleep 2; fleetctl list-units --no-legend', /^web\.service\t.*\tactive\trunning$/m);
    await lab.prepare(FULL, 'logger there is room; docker run --rm deis/router:v1.13.4 /bin/true; echo text > file');
    assert.match(await lab.prepare(FULL, 'journalctl --no-pager -o cat -n 50'), /^there is room$/m);
  });
});

describe('images', { timeout: 200_000 }, () => {
  let lab: VirtualLab;
  before(async () => {
    lab = await openFive('1gb', { profile: 'default' });
  });
  after(async () => {
    await lab.close();
  });

  const usedMb = async (): Promise<number> => Number((await lab.prepare(OTHER, 'df -m / | tail -1')).split(/\s+/)[2]);

  it('take time to come and room on the disk, and give it back', async () => {
    const before = await usedMb();
    const took = await lab.prepare(
      OTHER,
      's=$(date +%s); docker pull deis/controller:v1.13.4 > /dev/null; echo $(($(date +%s) - s))',
    );
    const after = await usedMb();
    const [, size = ''] = /deis\/controller .* (\d+) MB$/m.exec(await lab.prepare(OTHER, 'docker images')) ?? [];
    await lab.prepare(OTHER, 'docker rmi deis/controller:v1.13.4');

    assert.ok(Number(took) >= 20 && Number(took) <= 60, `${took.trim()} s`);
    assert.ok(
      Number(size) > 300 && Math.abs(after - before - Number(size)) <= 2,
      `${after - before} MB for ${size} MB`,
    );
    assert.ok(Math.abs((await usedMb()) - before) <= 2);
  });

  it('have their layers on the disk while they come, and are listed when all are there', async () => {
    const before = await usedMb();
    const look = 'df -m / | tail -1; docker images';
    const said = await lab.prepare(OTHER, `docker pull deis/builder:v1.13.4 > /dev/null & sleep 5; ${look}; wait`);
    const during = Number(said.split(/\s+/)[2]);

    assert.ok(during - before > 100, `${during - before} MB while it comes`);
    assert.doesNotMatch(said, /deis\/builder/);
    assert.match(await lab.prepare(OTHER, 'docker images'), /deis\/builder/);
    assert.ok((await usedMb()) - before > during - before);
  });
});
