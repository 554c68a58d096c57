import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from './node';
import { bootedNode, transcript } from './node';

/** What a real bash 5.2 with coreutils 9 answers to the same scripts; complaints aside, whose words are bash 4.3's. */
describe('the shell’s language', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => {
    node.host.cutPower();
    node.kernel.dispose();
  });
  const says = async (script: string, wanted: string): Promise<void> => {
    const folder = (await node.host.run('mktemp -d; chown core /tmp/tmp.*')).stdout.trim();
    const options = { user: 'core', workingDirectory: folder, name: 's.sh' } as const;
    assert.equal(await transcript(node, script, options), wanted, script);
  };

  it('meets errors with a trap, where nobody else looks at them', async () => {
    await says(
      "trap 'echo err $?' ERR; false; if false; then :; fi; false || true; ! true; (exit 3); echo end",
      'err 1\nerr 3\nend\n',
    );
    await says("f() { false; }; trap 'echo E' ERR; f; echo x", 'E\nx\n');
    await says("set -eE; trap 'echo E' ERR; f() { false; echo in; }; f", 'E\n[exit 1]');
  });

  it('goes on after errors that && and || look at, in functions and substitutions too', async () => {
    await says(
      'set -e; f() { false; echo still; }; f || echo or; x=$(exit 4) || echo caught $?; ! f; echo end; false',
      'still\ncaught 4\nstill\nend\n[exit 1]',
    );
  });

  it('sends all that follows to a file once exec says so', async () => {
    await says('exec > log 2>&1; echo out; ls nosuch; hostname', '');
    await says('exec 2> errors; ls nosuch; wc -l < errors; echo shown', '1\nshown\n');
  });

  it('gives new files the modes that the mask leaves', async () => {
    await says(
      'umask; umask 077; touch f; mkdir d; echo > g; stat -c %a f d g; umask -S; umask g=r; umask',
      '0022\n600\n700\n600\nu=rwx,g=,o=\n0037\n',
    );
    await says('umask 027; bash -c "touch h"; stat -c %a h', '640\n');
  });

  it('shows a menu and reads a choice', async () => {
    await says(
      'PS3=\'? \'; select x in one two; do echo "$REPLY:$x"; break; done <<< 2',
      '2:two\n[err] 1) one\n[err] 2) two\n[err] ? ',
    );
  });

  it('sources what a pipe brings, assigns one after the other, knows its functions by their names', async () => {
    await says("echo 'v=$1; echo $v' | source /dev/stdin arg", 'arg\n');
    await says('IFS=, words=($(echo a,b)); echo ${#words[@]}', '2\n');
    await says('f() { echo ${FUNCNAME[0]}; }; f', 'f\n');
    await says('echo ${x:?is missing}', '[err] s.sh: x: is missing\n[exit 1]');
  });

  it('ends what writes without end when enough is read', async () => {
    await says('yes x | head -c 5; echo', 'x\nx\nx\n');
  });
});

describe('tools of the shell’s library, made right', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => {
    node.host.cutPower();
    node.kernel.dispose();
  });
  const rows: readonly (readonly [script: string, wanted: string])[] = [
    [String.raw`echo 'a"b' | sed 's/"/\\"/g'`, 'a\\"b\n'],
    [String.raw`printf 'x\ny\n' | sed '2i\before'`, 'x\nbefore\ny\n'],
    [String.raw`echo a/b | sed -e 's|/|\\&|'`, 'a\\/b\n'],
    [String.raw`printf 'a:b\nplain\n' | cut -d: -f2; printf 'a:b\nplain\n' | cut -s -d: -f2`, 'b\nplain\nb\n'],
    ['echo a,b,c | cut -d, --complement -f2; echo abcdef | cut -c-2,5-', 'a,c\nabef\n'],
    ["seq -f 'n%03g' 1 2; seq -f %g -s, 3", 'n001\nn002\n1,2,3\n'],
    ["expr abc : 'a\\(.*\\)'; expr abcd : abc", 'bc\n3\n'],
    [
      "date -u -d '2016-05-20 12:00 UTC +1 day' +%FT%H; date -u -d '2016-05-20 - 3 hours' +%FT%H",
      '2016-05-21T12\n2016-05-19T21\n',
    ],
    ["date -u -d '1 jan 2016' +%s; date -u -d '2016-03-31 1 month ago' +%F", '1451606400\n2016-03-02\n'],
    [
      'mkdir -m 700 /tmp/m; stat -c %a /tmp/m; rm -d /tmp/m; ls -d /tmp/m 2>&1',
      '700\nls: cannot access /tmp/m: No such file or directory\n[exit 2]',
    ],
    ['cd /; ls -m -d etc usr; env -i A=1 env; shuf -e one; groups root', 'etc, usr\nA=1\none\nroot : root\n'],
    ["touch -d '2016-01-02 UTC' /tmp/t; date -u -r /tmp/t +%F", '2016-01-02\n'],
    ['time -p true', '[err] real 0.00\n[err] user 0.00\n[err] sys 0.00\n'],
  ];
  for (const [script, wanted] of rows) {
    it(script, async () => {
      assert.equal((await transcript(node, script, { user: 'core' })).replace(/real 0\.\d\d/, 'real 0.00'), wanted);
    });
  }
});
