import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  COMPONENTS,
  DAEMON_MB,
  KERNEL_MB,
  UNPACKED,
  USABLE_MEMORY,
} from '../../../../src/practice/host/resources/weights';
import { GLOBALS, SINGLES } from './platform';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const memory = (names: readonly string[]): number => sum(names.map((name) => COMPONENTS[name]?.memoryMb ?? 0));
/** flannel does not run beside all the others on every node. */
const system = KERNEL_MB + sum(Object.values(DAEMON_MB));

describe('the table of weights', () => {
  it('keeps to what is known of the platform: 2 to 2.5 GB of memory over five nodes, 3 to 5 GB of images on each', () => {
    const platform = 5 * memory(GLOBALS) + memory(SINGLES) + 3 * memory(['router']);
    const images = UNPACKED * sum(Object.values(COMPONENTS).map(({ imageMb }) => imageMb));

    assert.ok(platform >= 2_000 && platform <= 2_500, `${platform} MB of memory`);
    assert.ok(images >= 3_000 && images <= 5_000, `${images} MB of images`);
  });

  it('gives a node of 512 MB no room for its global units, and one of 1 GB none for seven single units besides', () => {
    assert.ok(system + memory(GLOBALS) > 512 * USABLE_MEMORY);
    assert.ok(system + memory([...GLOBALS, 'router', 'database', 'logger']) < 1_024 * USABLE_MEMORY);
    assert.ok(system + memory([...GLOBALS, 'router', ...SINGLES]) > 1_024 * USABLE_MEMORY);
  });
});
