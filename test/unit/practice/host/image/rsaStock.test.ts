import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RsaStock, type KeyPair } from '../../../../../src/practice/host/image/rsaStock';

/** A stock whose keys are made when the test says so. */
function slowStock(): { readonly stock: RsaStock; readonly finish: () => Promise<void> } {
  let finishOne: (pair: KeyPair) => void = () => undefined;
  let made = 0;
  const stock = new RsaStock(() => new Promise((resolve) => (finishOne = resolve)));
  const finish = async (): Promise<void> => {
    made += 1;
    finishOne({ private: `key ${made}`, public: '' });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { stock, finish };
}

describe('RSA host keys made ahead', () => {
  it('lie ready for as many nodes as have come', async () => {
    const { stock, finish } = slowStock();
    stock.expect();
    stock.expect();
    assert.equal(stock.take(), undefined);
    await finish();

    assert.equal(stock.take()?.private, 'key 1');
    assert.equal(stock.take(), undefined);
  });

  it('are waited for by whoever comes too early, in turn, and by few', async () => {
    const { stock, finish } = slowStock();
    const early = Array.from({ length: 5 }, () => stock.next());
    assert.equal(await stock.next(), undefined);
    for (const [index, pair] of early.entries()) {
      await finish();
      assert.equal((await pair)?.private, `key ${index + 1}`);
    }
  });

  it('are done without when none can be made', async () => {
    const stock = new RsaStock(() => Promise.reject(new Error('no')));

    assert.equal(await stock.next(), undefined);
  });
});
