import assert from 'node:assert/strict';
import { activate, call, rejection } from './deis';

/** A program gets a rejection with one clear sentence, and no box in the window. */
describe('A command that is called with a bad argument object', () => {
  before(async () => {
    await activate();
  });

  const refused = [
    ['deis.cluster.create', {}, /needs "confirmed": true/],
    ['deis.cluster.create', { confirmed: true, instances: 2 }, /"instances" must be a whole number from 3 to 9, not 2/],
    ['deis.cluster.create', { confirmed: true, provider: 'aws' }, /"provider" must be one of practice, digitalocean/],
    ['deis.cluster.create', { confirmed: true, size_slug: '1gb' }, /Unknown argument size_slug/],
    ['deis.cluster.create', { confirmed: true, domain: '1.2.3.4' }, /digits only/],
    ['deis.cluster.create', { confirmed: true, prefix: 'Deis One' }, /"Deis One" can't begin a droplet's name/],
    ['deis.cluster.destroy', { cluster: 'deis-aaaaa' }, /needs "confirmed": true/],

    ['deis.cluster.resume', { confirmed: true }, /"cluster" must be a text; it is missing/],
    ['deis.node.powerOff', { cluster: 'deis-aaaaa', node: 'deis-1' }, /needs "confirmed": true/],
    ['deis.node.openTerminal', { cluster: 'deis-aaaaa', node: 'deis-1' }, /No cluster has the id/],
    ['deis.platform.start', { cluster: 7 }, /"cluster" must be a text, not 7/],
    ['deis.swap.register', { clusterId: 'x' }, /Unknown argument clusterId; known are: cluster/],
    ['deis.token.set', { token: '' }, /"token" must be a text/],
    ['deis.practice.break', { fault: { kind: 'node-hangs', dropletId: 1 } }, /needs "confirmed": true/],
    ['deis.practice.break', { fault: { kind: 'flood' }, confirmed: true }, /This is no fault: kind: /],
    ['deis.practice.break', { fault: { kind: 'node-hangs', dropletId: 1 }, confirmed: true }, /droplet/i],
    ['deis.practice.repair', { fault: 7 }, /"fault" must be a text, not 7/],
    ['deis.refresh', 'deis-1' as unknown as object, /must be an object, not "deis-1"/],
  ] as const;

  for (const [command, args, pattern] of refused) {
    it(`refuses ${command} ${JSON.stringify(args)}`, async () => {
      const error = await rejection(call(command, args));

      assert.match(error.message, pattern);
    });
  }
});
