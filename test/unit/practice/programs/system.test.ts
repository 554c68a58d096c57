import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

const trace = (name: string): string => readFileSync(`test/fixtures/traces/system/${name}.txt`, 'utf8');

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

/** Column titles, without the room between them. */
const titles = (text: string): string[] => firstLine(text).trim().split(/\s+/);

describe('what a node tells of its memory, disk and swap', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core' });

  it('has free’s table as it was recorded', async () => {
    const recorded = trace('free-b');
    const shown = await run('free -b');

    assert.equal(firstLine(shown), firstLine(recorded));
    assert.deepEqual(
      shown.split('\n').map((line) => line.length),
      recorded.split('\n').map((line) => line.length),
    );
    const [total, used, free, , cache] = (/^Mem:.*$/m.exec(shown)?.[0] ?? '').match(/\d+/g)?.map(Number) ?? [];
    assert.equal(total, (used ?? 0) + (free ?? 0) + (cache ?? 0));
    assert.match(await run('free -m'), /^Mem: +496 /m);
  });

  it('agrees with /proc/meminfo', async () => {
    const [meminfo, free] = [await run('cat /proc/meminfo'), await run('free -k')];
    const total = /^MemTotal: +(\d+) kB$/m.exec(meminfo)?.[1];

    assert.match(free, new RegExp(`^Mem: +${total ?? 'none'} `, 'm'));
  });

  it('has df’s tables as they were recorded', async () => {
    for (const [command, file] of [
      ['df -B1 --output=source,fstype,size,used,avail,pcent,target', 'df-output'],
      ['df -B1 --output=size,used,avail,pcent /', 'df-root'],
      ['df -P -B1', 'df-P'],
    ] as const) {
      assert.deepEqual(titles(await run(command)), titles(trace(file)), command);
    }
    assert.equal(await run('df -B1 --output=size /nosuch'), '[err] df: /nosuch: No such file or directory\n[exit 1]');
    const rows = (await run('df -B1 --output=size,used,avail,pcent /')).trim().split('\n');
    assert.match(rows[1] ?? '', /^\d+ +\d+ +\d+ +\d+%$/);
  });

  it('says in df what files take', async () => {
    const used = async (): Promise<number> => Number((await run('df -B1 --output=used /')).trim().split('\n')[1]);
    const before = await used();
    await run('fallocate -l 100M big');
    assert.ok((await used()) - before >= 100 * 1024 * 1024);
    await run('rm big');
    assert.equal(await used(), before);
    assert.match(await run('fallocate -l 100G big'), /No space left on device\n\[exit 1\]$/);
  });

  it('turns swap on the way the guide does it, once', async () => {
    assert.equal(await run('cat /proc/swaps'), trace('swaps-none'));
    assert.equal(await run('/sbin/swapon --show'), '');
    const script = [
      'sudo mkdir -p /var/vm && sudo fallocate -l 4096m /var/vm/swapfile1 && sudo chmod 600 /var/vm/swapfile1',
      'sudo swapon /var/vm/swapfile1',
      'sudo mkswap -f -q /var/vm/swapfile1 && sudo swapon /var/vm/swapfile1; echo $?',
      'sudo swapon /var/vm/swapfile1',
    ];
    assert.equal(
      await run(script.join('\n')),
      '[err] swapon: /var/vm/swapfile1: read swap header failed\n0\n[err] swapon: /var/vm/swapfile1: swapon failed: Device or resource busy\n[exit 255]',
    );
    const swaps = await run('cat /proc/swaps');
    assert.equal(firstLine(swaps), firstLine(trace('swaps-one')));
    assert.match(swaps, /^\/var\/vm\/swapfile1 +file\t\t4194300\t\t\d+\t\t-1$/m);
    const shown = await run('/sbin/swapon --show --bytes');
    assert.deepEqual(titles(shown), titles(trace('swapon-show')));
    assert.match(shown, /^\/var\/vm\/swapfile1 file 4294963200 +\d+ +-1$/m);
    assert.match(await run('free -m'), /^Swap: +4095 /m);
    assert.equal(await run('sudo swapoff /var/vm/swapfile1; cat /proc/swaps'), trace('swaps-none'));
  });

  it('complains about a swap file that others may read, in the recorded words', async () => {
    const recorded = readFileSync('test/fixtures/traces/system/swapon-in-container-fails.stderr.txt', 'utf8');
    const said = await run('sudo fallocate -l 4M /var/tmp/s; sudo mkswap -q /var/tmp/s; sudo swapon /var/tmp/s');

    assert.equal(said, `[err] ${firstLine(recorded)}\n`);
    await run('sudo swapoff -a');
  });

  it('shows processes, the load and the time of the node', async () => {
    assert.match(
      await run('ps aux | head -n 2'),
      /^USER +PID %CPU %MEM +VSZ +RSS TTY +STAT START +TIME COMMAND\nroot +1 /,
    );
    assert.match(await run('ps -ef | grep -c systemd'), /^[1-9]\d*\n$/);
    assert.match(await run('top -bn1 | head -n 7'), /^top - [\d:]+ up [^]*\n +PID USER/);
    assert.match(await run('uptime'), /^ [\d:]{8} up \d+ min, {2}1 user, {2}load average: [\d.]+, [\d.]+, [\d.]+\n$/);
    assert.match(
      await run('date -u +%F; date -d @0 +%s; date -Iseconds'),
      /^2016-05-20\n0\n2016-05-20T\d\d:\d\d:\d\d\+00:00\n$/,
    );
    assert.equal(
      await run('nproc; hostname; uname -r; id -un'),
      `${trace('nproc').replace('2', '1')}deis-1\n4.5.7-coreos\ncore\n`,
    );
  });

  it('shows addresses and who listens', async () => {
    const stop = node.host.listen({ port: 2379 }, (_request, response) => response.end());
    assert.match(await run('ip addr'), /inet 203\.0\.113\.1\/24 .* eth0\n[^]*inet 10\.132\.0\.1\/16 .* eth1\n/);
    assert.match(
      await run('ip -6 addr show eth0'),
      /^2: eth0: [^\n]*\n {4}inet6 fe80::601:aff:fe[0-9a-f:]+\/64 scope link \n/,
    );
    assert.match(await run('ip -o -4 addr show lo'), /^1: lo {4}inet 127\.0\.0\.1\/8 scope host lo\\ {7}valid_lft/);
    assert.match(await run('ip route'), /^default via [\d.]+ dev eth0/);
    assert.match(await run('ss -ltn'), /^State +Recv-Q[^\n]*\nLISTEN +0 +128 +:::22 [^]*:::2379 /);
    assert.match(await run('netstat -ltn'), /:::2379 +:::\* +LISTEN/);
    stop();
  });
});
