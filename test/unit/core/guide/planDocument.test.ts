import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { previewPlan } from '../../../../src/core/guide/preview';
import type { ClusterSpec } from '../../../../src/core/model/cluster';
import type { CloudApi } from '../../../../src/core/ports';
import { askable, context, SPEC } from './accountSample';

describe('the plan document', () => {
  const render = async (spec: Partial<ClusterSpec> = {}, change: Partial<CloudApi> = {}): Promise<string> => {
    const { provider } = askable(change);
    const known = { steps: ['Create the tag', 'Wait for etcd'] };
    return (await previewPlan(provider, { ...SPEC, ...spec }, known, context())).markdown;
  };

  it('says what it costs, also while powered off, and until when', async () => {
    const { provider } = askable();
    const preview = await previewPlan(provider, SPEC, {}, context());
    assert.equal(preview.monthly, 30);
    assert.equal(preview.hourly.toFixed(4), '0.0446');
    assert.match(preview.markdown, /\*\*\$0\.045 an hour \(\$30 a month\)\*\* for 5 droplets at \$6 a month each/);
    assert.match(preview.markdown, /ends when it is \*\*destroyed\*\*\. A droplet that is powered off is billed/);
  });

  it('says what it survives, and that fault tolerant is not highly available', async () => {
    const text = await render();
    assert.match(text, /For demonstration\. Fault tolerant is not highly available/);
    assert.match(text, /5 etcd members need 3 for a majority: the cluster goes on when any 2 nodes fail/);
    assert.match(
      await render({ instances: 3 }),
      /3 etcd members need 2 for a majority: the cluster goes on when any one node fails\./,
    );
  });

  it('says what will be called, and that ports open to whoever registers first', async () => {
    const text = await render();
    assert.match(text, /POST \/v2\/droplets: 5 droplets/);
    assert.match(text, /GET \/new\?size=5/);
    assert.match(text, /Whoever registers first becomes the administrator/);
    assert.doesNotMatch(await render({ bootstrap: 'static', openPorts: false }), /\/new\?size|Whoever registers/);
  });

  it('begins with what stands in the way', async () => {
    const text = await render({ instances: 4, routerMeshSize: 4 }, { countDroplets: () => Promise.resolve(9) });
    assert.ok(text.indexOf('## What stands in the way') < text.indexOf('## Worth knowing first'));
    assert.ok(text.indexOf('## Worth knowing first') < text.indexOf('## What will be there'));
    assert.doesNotMatch(await render(), /stands in the way|Worth knowing/);
  });

  it('does not let a name or a message of others become markdown', async () => {
    const text = await render({ prefix: 'a`|\n# b', domain: '[x](http://evil)' });
    assert.doesNotMatch(text, /^# b/m);
    assert.doesNotMatch(text, /[^`\\]\[x\]\(http/);
  });

  it('is still there when the price is not known', async () => {
    const text = await render(
      {},
      { listSizes: () => Promise.reject(new ClusterError('no', { code: 'cloudUnavailable' })) },
    );
    assert.match(text, /price is not known/);
  });
});
