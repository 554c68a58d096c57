import assert from 'node:assert/strict';
import type { Operator } from '../../src/core/operator';
import { LazyOperator } from '../../src/ui/lazyOperator';

function fake(): { operator: Operator; log: string[]; fire: () => void } {
  const log: string[] = [];
  const listeners = new Set<() => void>();
  const operator: Partial<Operator> = {
    snapshots: () => [],
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    watch: () => {
      log.push('watch');
      return { dispose: () => log.push('unwatch') };
    },
    dispose: () => log.push('dispose'),
  };
  return { operator: operator as Operator, log, fire: () => listeners.forEach((listener) => listener()) };
}

describe('The engine', () => {
  it('is not loaded while there is nothing to show', async () => {
    let loads = 0;
    const lazy = new LazyOperator(
      () => Promise.resolve((loads++, fake().operator)),
      () => Promise.resolve(false),
    );

    await lazy.wake();

    assert.equal(loads, 0);
    assert.deepEqual(lazy.snapshots(), []);
  });

  it('is loaded once, however many ask at the same time', async () => {
    let loads = 0;
    const lazy = new LazyOperator(
      () => Promise.resolve((loads++, fake().operator)),
      () => Promise.resolve(true),
    );

    await Promise.all([lazy.get(), lazy.wake(), lazy.get()]);

    assert.equal(loads, 1);
  });

  it('is tried again after it could not be loaded', async () => {
    const { operator } = fake();
    let isBroken = true;
    const lazy = new LazyOperator(
      () => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve(operator)),
      () => Promise.resolve(true),
    );

    await assert.rejects(lazy.get(), /disk full/);
    isBroken = false;

    assert.equal(await lazy.get(), operator);
  });

  it('is watched from when it is there, until nobody looks any more', async () => {
    const { operator, log, fire } = fake();
    const lazy = new LazyOperator(
      () => Promise.resolve(operator),
      () => Promise.resolve(true),
    );
    const handle = lazy.watch();
    assert.deepEqual(log, []);

    await lazy.get();
    fire();
    assert.deepEqual(log, ['watch']);

    handle.dispose();
    fire();
    assert.deepEqual(log, ['watch', 'unwatch']);
  });

  it('does not outlive a window that was closed while it was loading', async () => {
    const { operator, log } = fake();
    const lazy = new LazyOperator(
      () => Promise.resolve(operator),
      () => Promise.resolve(true),
    );

    const loading = lazy.get();
    lazy.dispose();
    await loading;

    assert.deepEqual(log, ['dispose']);
  });
});
