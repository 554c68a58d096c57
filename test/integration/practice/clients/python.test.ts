import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startPractice, TOKEN, type Practice } from '../support';
import { run } from './programs';

/** Debian's own Python, which is the one that sees the libraries of python3-digitalocean and python3-libcloud. */
const PYTHON = '/usr/bin/python3';

async function skipWithoutModule(module: string): Promise<string | false> {
  try {
    const { code } = await run(PYTHON, ['-c', `import ${module}`]);
    return code === 0 ? false : `Python’s ${module} is not installed`;
  } catch {
    return 'Python is not installed';
  }
}

const clients = [
  ['python-digitalocean', 'with_digitalocean.py', await skipWithoutModule('digitalocean')],
  ['Apache Libcloud', 'with_libcloud.py', await skipWithoutModule('libcloud')],
] as const;

describe('clients of others against the practice cloud', { timeout: 240_000 }, () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', '60')));
  after(async () => await practice.kill());

  for (const [name, script, skip] of clients) {
    it(`${name} lists, creates, switches, renames and destroys`, { skip }, async () => {
      const file = path.resolve('test/integration/practice/clients/python', script);
      const { code, stderr } = await run(PYTHON, [file, practice.api, TOKEN], {
        environment: { PYTHONDONTWRITEBYTECODE: '1', http_proxy: undefined, HTTP_PROXY: undefined },
      });
      assert.equal(code, 0, stderr);
    });
  }
});
