import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInside, isLetIn, isLetOut, isPortIn } from '../../../../src/practice/cloud/firewallRules';
import type { FirewallRules, RulePeers } from '../../../../src/practice/cloud/records';

const rules = (ports: string, peers: RulePeers, outbound: FirewallRules['outbound'] = []): FirewallRules => ({
  inbound: [{ protocol: 'tcp', ports, peers }],
  ...{ outbound, dropletIds: [], tags: [] },
});
const stranger = { addresses: ['192.0.2.1'], tags: [] };
const member = { dropletId: 7, addresses: ['10.128.0.2', '203.0.113.10'], tags: ['deis-cluster:x'] };

describe('cloud firewall rules', () => {
  it('let everything pass where no firewall is, and nothing that no rule allows where one is', () => {
    assert.equal(isLetIn([], 2379, stranger), true);
    assert.equal(isLetIn([rules('22', { addresses: ['0.0.0.0/0'] })], 2379, stranger), false);
    assert.equal(isLetOut([rules('22', { addresses: ['0.0.0.0/0'] })], 80, stranger), false);
  });

  it('match by tag, by droplet and by address', () => {
    assert.equal(isLetIn([rules('0', { tags: ['deis-cluster:x'] })], 2379, member), true);
    assert.equal(isLetIn([rules('0', { tags: ['deis-cluster:x'] })], 2379, stranger), false);
    assert.equal(isLetIn([rules('1-65535', { droplet_ids: [7] })], 2379, member), true);
    assert.equal(isLetIn([rules('2379', { addresses: ['10.128.0.0/16'] })], 2379, member), true);
    assert.equal(isLetIn([rules('2379', { addresses: ['10.129.0.0/16', '::/0'] })], 2379, member), false);
  });

  it('add up over several firewalls', () => {
    const covering = [rules('22', { addresses: ['0.0.0.0/0'] }), rules('80', { addresses: ['0.0.0.0/0'] })];

    assert.deepEqual(
      [22, 80, 443].map((port) => isLetIn(covering, port, stranger)),
      [true, true, false],
    );
  });

  it('know single ports, ranges and every way to say all', () => {
    assert.equal(isPortIn('8000-9000', 8000), true);
    assert.equal(isPortIn('8000-9000', 9001), false);
    assert.ok(['0', 'all', '', '1-65535'].every((ports) => isPortIn(ports, 4001)));
  });

  it('compare addresses by their prefix and never match nonsense', () => {
    assert.equal(isInside('203.0.113.10', '203.0.113.10'), true);
    assert.equal(isInside('203.0.113.10', '203.0.113.8/29'), true);
    assert.equal(isInside('203.0.113.16', '203.0.113.8/29'), false);
    assert.equal(isInside('203.0.113.10', '203.0.113.300/1'), false);
    assert.equal(isInside('203.0.113.10', '203.0.113.10/x'), false);
  });
});
