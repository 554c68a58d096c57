import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createShell } from '../../../../src/practice/shell/shell';
import { PROGRAMS, settle, withNode } from './fakes';

describe('journalctl', () => {
  it('prints the lines of one unit as asked, and says when there are none', async () => {
    await withNode({}, async ({ host }) => {
      host.journal.append('a.service', 'a', 'one');
      host.journal.append('b.service', 'b', 'other');
      host.journal.append('a.service', 'a', 'two\rthree');

      const lines = await host.run('journalctl -u a -o cat --no-pager');
      const last = await host.run('journalctl -u a -n 1 -o cat');
      const iso = await host.run('journalctl -u b -o short-iso');
      const none = await host.run('journalctl -u none');
      const by = await host.run('journalctl -t b -o cat');

      assert.equal(lines.stdout, 'one\ntwo\rthree\n');
      assert.equal(last.stdout, 'two\rthree\n');
      assert.match(iso.stdout, /^2016-05-20T12:0\d:\d\d\+0000 deis-1 b\[\d+\]: other\n$/);
      assert.equal(none.stdout, '-- No entries --\n');
      assert.equal(by.stdout, 'other\n');
    });
  });

  it('tells what is loud: units that fail, what the kernel kills', async () => {
    await withNode({}, async ({ host }) => {
      host.journal.append('a.service', 'systemd', 'Failed to start a.service - a.');
      host.journal.append('a.service', 'systemd', "a.service: Failed with result 'exit-code'.");
      host.journal.append('a.service', 'a', 'error: only says so');

      const errors = await host.run('journalctl -u a -p err -o cat');
      const warnings = await host.run('journalctl -u a --priority=warning -o cat');
      const unknown = await host.run('journalctl -p loud');

      assert.equal(errors.stdout, 'Failed to start a.service - a.\n');
      assert.equal(warnings.stdout.split('\n').length, 3);
      assert.deepEqual([unknown.exitCode, unknown.stderr], [1, 'Unknown log level loud\n']);
    });
  });

  it('knows a time span', async () => {
    await withNode({}, async ({ host, kernel }) => {
      host.journal.append('a.service', 'a', 'old');
      await kernel.timeline.sleep(10 * 60_000);
      host.journal.append('a.service', 'a', 'new');

      const recent = await host.run("journalctl -u a -o cat --since '-3 min'");
      const all = await host.run("journalctl -u a -o cat --since '1 hour ago'");

      assert.equal(recent.stdout, 'new\n');
      assert.equal(all.stdout, 'old\nnew\n');
    });
  });

  it('follows as lines come, and ends with the session', async () => {
    await withNode({}, async ({ host }) => {
      host.journal.append('a.service', 'a', 'before');
      const interrupt = new AbortController();
      let output = '';
      const following = createShell(host, PROGRAMS).start(
        'journalctl -u a -o cat -f',
        { signal: interrupt.signal },
        { stdout: (text) => (output += text), stderr: () => undefined },
      );
      await settle();
      host.journal.append('b.service', 'b', 'not ours');
      host.journal.append('a.service', 'a', 'while it follows');
      await settle();
      const sofar = output;
      interrupt.abort();

      assert.equal(await following, 130);
      assert.equal(sofar, 'before\nwhile it follows\n');
    });
  });
});
