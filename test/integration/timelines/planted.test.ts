import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startPlatform } from '../../truth/virtual/platform';
import { replay } from '../../truth/virtual/replay';
import { engineLeader, etcdLeader } from '../../truth/virtual/roles';
import { VirtualLab } from '../virtual/virtualLab';

const withTtl = (ttl: string) => (text: string) => text.replace('  fleet:\n', `  fleet:\n    agent-ttl: ${ttl}\n`);

describe('a recorded time line', { timeout: 600_000 }, () => {
  it('tells a cluster in which a machine is missed later than fleet’s 30 s', async () => {
    const lab = await VirtualLab.open({ fleet: '0.11', userData: withTtl('150s') });
    try {
      await startPlatform(lab);
      const observer = await engineLeader(lab, 'deis-1');
      const etcd = await etcdLeader(lab, 'deis-1');
      const victim = lab.names.find((node) => node !== observer && node !== etcd) ?? '';

      const { difference } = await replay(lab, 'fleet-0.11.7/timeline-kill-1.jsonl', observer, () =>
        lab.cutPower(victim),
      );

      assert.match(
        difference ?? '',
        /^list-machines shows -6\.0 s 5 machines, not -6\.0 s 5 machines; 26\.3 s 4 machines$/,
      );
    } finally {
      await lab.close();
    }
  });
});
