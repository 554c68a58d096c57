import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseUnit } from '../../../../src/practice/fleet/unitFile';

const read = (text: string): string[] =>
  parseUnit(text).options.map(({ section, name, value }) => `${section}/${name}/${value}`);

// Each was compared with what go-systemd makes of it.
describe('a unit file', () => {
  it('begins with its first section; what stands before is passed over', () => {
    assert.deepEqual(read('A=b\n[Unit]\nC=d\n'), ['Unit/C/d']);
  });

  it('keeps the backslash and the end of a line that goes on', () => {
    assert.deepEqual(read('[Service]\nExecStart=a \\\n  b\nX=y\n'), ['Service/ExecStart/a \\\n  b', 'Service/X/y']);
    assert.deepEqual(read('[Service]\nExecStart=a \\\n\nX=y\n'), ['Service/ExecStart/a \\\n', 'Service/X/y']);
  });

  it('lets a comment go on as well', () => {
    assert.deepEqual(read('[Unit]\n# one \\\nA=b\n; two\nC=d'), ['Unit/C/d']);
  });

  it('says what is wrong with it in the words of go-systemd', () => {
    for (const [text, problem] of [
      ['[Unit\nA=b\n', 'unable to find end of section'],
      ['[Unit] x\n', 'found garbage after section name : "x"'],
      ['[Unit]\nA\n', 'unexpected newline encountered while parsing option name'],
      ['[Unit]\nA', 'EOF'],
      [`[Unit]\nA=${'x'.repeat(2_046)}\n`, 'line too long (max 2048 bytes)'],
    ] as const) {
      assert.throws(() => parseUnit(text), { name: 'UnitSyntaxError', message: problem });
    }
  });
});
