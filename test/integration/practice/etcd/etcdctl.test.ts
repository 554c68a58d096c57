import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { run, skipWithoutPackage } from '../clients/programs';
import { removeFolder } from '../../removeFolder';
import { temporaryFolder, type RunResult } from '../support';
import { commands } from './commands';
import { startPracticeEtcd, startRealEtcd, type Etcd, type PracticeEtcd } from './etcds';
import { EtcdClient } from './exchange';

const skip = skipWithoutPackage('ssh') || skipWithoutPackage('etcd') || skipWithoutPackage('etcdctl');

describe('etcdctl in its v2 mode', { skip, timeout: 600_000 }, () => {
  const folder = temporaryFolder();
  const opened: Etcd[] = [];
  let practice: PracticeEtcd;
  let real: EtcdClient;
  let ours: EtcdClient;

  before(async () => {
    const etcd = await startRealEtcd(folder);
    opened.push(etcd);
    practice = await startPracticeEtcd(folder);
    opened.push(practice);
    real = await EtcdClient.open(etcd.url);
    ours = await EtcdClient.open(practice.url);
  });
  after(async () => {
    for (const etcd of opened) await etcd.stop();
    await removeFolder(folder);
  });

  const own = (command: string, etcd: EtcdClient): Promise<RunResult> =>
    run('sh', ['-c', command], { environment: { ETCDCTL_API: '2', ETCDCTL_ENDPOINTS: etcd.url, HOME: folder } });
  const onNode = (command: string): Promise<RunResult> =>
    practice.nodes.run('alone', `export ETCDCTL_ENDPOINTS=${practice.url}; ${command}`);

  async function compare(list: readonly string[], place: string, program: (command: string) => Promise<RunResult>) {
    const differences: object[] = [];
    for (const line of list) {
      await real.level(ours);
      const command = line.replaceAll('{p}', place);
      const wanted = real.neutralResult(await own(command, real));
      const got = ours.neutralResult(await program(command));
      if (!isDeepStrictEqual(got, wanted)) differences.push({ command, got, wanted });
    }
    assert.deepEqual(differences, []);
  }

  for (const [topic, list] of Object.entries(commands)) {
    it(`is told the same about ${topic} by the etcd of a practice node`, async () => {
      await compare(list, '/one', (command) => own(command, ours));
    });

    it(`of a practice node says the same about ${topic} as Debian’s`, async () => {
      await compare(list, '/two', onNode);
    });
  }
});
