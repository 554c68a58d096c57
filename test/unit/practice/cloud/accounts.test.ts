import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasScope } from '../../../../src/practice/cloud/accounts';
import { Lab } from './support';

describe('accounts and their tokens', () => {
  it('keep their uuid when their token changes, and no token in the state', () => {
    const lab = new Lab();
    const first = lab.cloud.accounts.put({ name: 'A', tokens: [{ token: 'secret-one', scopes: ['*'] }] });
    const { uuid } = first;
    lab.cloud.accounts.put({ name: 'A', tokens: [{ token: 'secret-two', scopes: ['*'] }] });
    lab.timeline.dispose();

    assert.equal(lab.cloud.accounts.identify('secret-one'), undefined);
    assert.equal(lab.cloud.accounts.identify('secret-two')?.account.uuid, uuid);
    assert.ok(!JSON.stringify([...lab.state.sections]).includes('secret'));
  });

  it('may do what their scopes say; any right includes reading', () => {
    assert.ok(hasScope(['*'], 'droplet:delete'));
    assert.ok(hasScope(['read'], 'droplet:read'));
    assert.ok(!hasScope(['read'], 'droplet:create'));
    assert.ok(hasScope(['droplet:create'], 'droplet:read'));
    assert.ok(!hasScope(['droplet:create'], 'droplet:delete'));
    assert.ok(!hasScope(['droplet:create'], 'firewall:read'));
    assert.ok(!hasScope([], 'account:read'));
  });
});
