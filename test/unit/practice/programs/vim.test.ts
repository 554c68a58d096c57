import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootedNode } from '../shell/node';
import { Person } from '../shell/terminal';
import { Editor } from '../../../../src/practice/programs/vim/editor';

/** The text after these keys, and what the editor says. */
async function edited(
  text: string,
  keys: string,
): Promise<{ text: string; said: string; ended: number | undefined; written: string | undefined }> {
  let written: string | undefined;
  const editor = new Editor('f', text, {
    read: (path) => Promise.resolve(path === 'other' ? 'read\n' : undefined),
    write: (_path, content) => {
      written = content;
      return Promise.resolve({ isDone: true, words: 'written' });
    },
  });
  const ending = await editor.press(keys);
  return { text: editor.buffer.text, said: editor.message, ended: ending?.code, written };
}

describe('vim', () => {
  const rows: readonly (readonly [before: string, keys: string, after: string])[] = [
    ['one\n', 'ihey \x1b', 'hey one\n'],
    ['one\n', 'A two\rthree\x1b', 'one two\nthree\n'],
    ['one\ntwo\n', 'onew\x1bOfirst\x1b', 'one\nfirst\nnew\ntwo\n'],
    ['a\nb\nc\nd\n', 'jdd', 'a\nc\nd\n'],
    ['a\nb\nc\nd\n', '2ddp', 'c\na\nb\nd\n'],
    ['a\nb\nc\n', 'yyGp', 'a\nb\nc\na\n'],
    ['one two three\n', 'wcwTWO\x1b', 'one TWO three\n'],
    ['one two three\n', 'wdw', 'one three\n'],
    ['one two\n', '$x0x', 'ne tw\n'],
    ['one two\n', 'wD', 'one \n'],
    ['abc\n', 'xxu', 'bc\n'],
    ['abc\n', 'xuu\x12', 'bc\n'],
    ['a\na\na\n', ':%s/a/b/\r', 'b\nb\nb\n'],
    ['x/y x\n', ':s/x\\/y/z/g\r', 'z x\n'],
    ['a\nb\nc\n', ':2,3d\r', 'a\n'],
    ['one\ntwo\nthree\n', '/thr\rdd', 'one\ntwo\n'],
    ['one\ntwo\n', 'J', 'one two\n'],
    ['abc\n', 'lrX~', 'aXc\n'.replace('X', 'x')],
    ['a\nb\nc\n', 'ddj.', 'b\n'],
    ['ab\n', 'a\x7f\x7fX\x1b', 'Xb\n'],
    ['a\nb\n', ':1\r:r other\r', 'a\nread\nb\n'],
  ];
  for (const [before, keys, after] of rows) {
    it(`makes ${JSON.stringify(after)} of ${JSON.stringify(before)} with ${JSON.stringify(keys)}`, async () => {
      assert.equal((await edited(before, keys)).text, after);
    });
  }

  it('edits a file on a terminal and gives the shell back', async () => {
    const node = await bootedNode();
    const person = new Person(node);
    try {
      await person.prompt();
      person.type('vim note\r');
      await person.until(() => person.raw.includes('[New File]'));
      person.type('ihello');
      await person.until(() => person.raw.includes('-- INSERT --'));
      person.type('\x1b');
      person.type(':wq\r');
      await person.until(() => person.raw.includes('\x1b[?1049l'));
      assert.match(await person.says('cat note'), /hello/);
    } finally {
      person.hangUp();
      node.host.cutPower();
      node.kernel.dispose();
    }
  });

  it('writes and quits as it is told, and not with changes that would be lost', async () => {
    assert.deepEqual(await edited('a\n', 'x:q\r'), {
      text: '',
      said: 'E37: No write since last change (add ! to override)',
      ended: undefined,
      written: undefined,
    });
    assert.equal((await edited('a\n', 'x:q!\r')).ended, 0);
    const saved = await edited('a\n', 'ib\x1b:wq\r');
    assert.deepEqual([saved.ended, saved.written], [0, 'ba\n']);
    assert.equal((await edited('a\n', 'ZZ')).written, undefined);
    assert.equal((await edited('a\n', 'rbZZ')).written, 'b\n');
    assert.equal((await edited('a\n', ':w\r')).ended, undefined);
    assert.equal((await edited('a\n', '/nosuch\r')).said, 'E486: Pattern not found: nosuch');
  });
});
