import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDiscoveryApi } from '../../../../src/adapters/net/discovery';
import { ClusterError } from '../../../../src/core/errors';
import { startLab } from '../labServer';

describe('checking the discovery service', () => {
  const check = (origin: string): Promise<void> | undefined =>
    createDiscoveryApi({ serviceUrl: () => Promise.resolve(origin) }).check?.();
  const isDiscoveryFailed = (error: unknown): boolean => ClusterError.is(error, 'discoveryFailed');

  it('is content with any answer, and makes no discovery URL', async () => {
    const lab = await startLab((_, response) => response.writeHead(302, { location: 'https://example.com/' }).end());
    try {
      await check(lab.origin);
      assert.deepEqual(
        lab.seen.map(({ method, url }) => `${method} ${url.pathname}`),
        ['HEAD /'],
      );
    } finally {
      await lab.close();
    }
  });

  it('fails when the service is broken or not there, and points to static members', async () => {
    const lab = await startLab((_, response) => response.writeHead(503).end());
    try {
      await assert.rejects(check(lab.origin) ?? Promise.resolve(), /status 503.*static/);
    } finally {
      await lab.close();
    }
    await assert.rejects(check(lab.origin) ?? Promise.resolve(), isDiscoveryFailed);
  });
});
