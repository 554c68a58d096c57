import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from './node';
import { bootedNode, transcript } from './node';

describe('the tools of a node', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core', stdin: '' });

  it('search with the options of GNU’s grep', async () => {
    await run("mkdir -p g/sub; printf 'one\\ntwo\\nThree\\ntwo\\n' > g/a; printf 'two\\n' > g/sub/b.txt");

    assert.equal(await run('grep -e one -e two g/a'), 'one\ntwo\ntwo\n');
    assert.equal(
      await run('grep -inA1 three g/a; grep -H -m1 two g/a; grep -c two g/a'),
      '3:Three\n4-two\ng/a:two\n2\n',
    );
    assert.equal(
      await run('cd g; grep -rn two; grep -rl two .; grep -rh --include="*.txt" two .'),
      ['a:2:two\na:4:two\nsub/b.txt:1:two\n', './a\n./sub/b.txt\n', 'two\n'].join(''),
    );
    assert.equal(
      await run("printf 'a\\0b\\n' | grep b; printf 'a\\0b\\n' | grep -ac b"),
      'Binary file (standard input) matches\n1\n',
    );
    assert.equal(
      await run('grep -s x nosuch; echo $?; grep x nosuch'),
      '2\n[err] grep: nosuch: No such file or directory\n[exit 2]',
    );
    assert.equal(await run('echo foo bar | grep --color=auto -ow "b[[:alpha:]]*"'), 'bar\n');
  });

  it('read basic and extended expressions each in its own way', async () => {
    const rows = 'a+b\naab\nab{2}\n(x)\n';
    const matches = (options: string): Promise<string> => run(`printf '${rows}' | grep ${options}`);

    assert.equal(await matches("'a+b'"), 'a+b\n');
    assert.equal(await matches("-E 'a+b'"), 'aab\nab{2}\n');
    assert.equal(await matches("'^a\\{2\\}b$'"), 'aab\n');
    assert.equal(await matches("'(x)'"), '(x)\n');
    assert.equal(await matches("'x\\|aab'"), 'aab\n(x)\n');
    assert.equal(await matches("-F 'b{2}'"), 'ab{2}\n');
    assert.equal(await matches("'[]()]'"), '(x)\n');
  });

  it('count and cut as GNU’s do', async () => {
    assert.equal(
      await run("printf 'abc\\nabcdef\\n' | wc -L; printf 'a\\n' > one; wc one; wc -l < one"),
      '6\n1 1 2 one\n1\n',
    );
    assert.equal(
      await run("printf 'a\\na\\n' | uniq -c; seq 3 | head -n -1; seq 9 | wc"),
      '      2 a\n1\n2\n      9       9      18\n',
    );
    assert.equal(
      await run('head -c 1M /dev/zero | wc -c; dd if=/dev/zero of=z bs=1k count=3 2>&1 | head -1; wc -c z'),
      '1048576\n3+0 records in\n3072 z\n',
    );
    assert.equal(
      await run("printf '1 a\\n' > x; printf '1 b\\n' > y; join x y; printf '        t\\n' | unexpand"),
      '1 a b\n\tt\n',
    );
  });

  it('cut with another delimiter, and keep what sed -i.bak changes', async () => {
    assert.equal(await run("printf 'a:b:c\\n' | cut -d: -f1,3 --output-delimiter=' '"), 'a c\n');
    assert.equal(
      await run("echo x=1 > e; sed -i.bak 's/1/2/' e; cat e e.bak; sed -i s/2/3/ e; cat e"),
      'x=2\nx=1\nx=3\n',
    );
  });

  it('tell and set times by the node’s clock', async () => {
    await run('touch -d "2016-05-20 10:00" old; touch new; touch -r old same; touch -t 201605211130 stamped');

    assert.equal(
      await run('stat -c "%n %y" old same; date -d @$(stat -c %Y stamped) +%F_%R'),
      [
        'old 2016-05-20 10:00:00.000000000 +0000\n',
        'same 2016-05-20 10:00:00.000000000 +0000\n',
        '2016-05-21_11:30\n',
      ].join(''),
    );
    assert.equal(await run('[ $(( $(date +%s) - $(stat -c %Y new) )) -lt 60 ] && echo just now'), 'just now\n');
    assert.equal(
      await run('find . -name new -mmin -5; find . -name old -mmin -5; find . -name old -mmin +60'),
      './new\n./old\n',
    );
  });

  it('know the processor, the memory’s traffic and signals', async () => {
    assert.match(await run('lscpu'), /^CPU\(s\): {15,}\d+$/m);
    const [, head = '', ...rows] = (await run('vmstat 1 2')).trimEnd().split('\n');
    const columns = head.trim().split(/ +/).length;
    assert.deepEqual([columns, ...rows.map((row) => row.trim().split(/ +/).map(Number).length)], [17, 17, 17]);
    assert.equal(await run('kill -l 9; kill -l TERM; kill -l 143; kill -0 $$ && echo here'), 'KILL\n15\nTERM\nhere\n');
    assert.equal(await run('sleep 500 & kill $!; wait $!; echo $?'), '143\n');
    assert.match(
      await run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'),
      /^256 SHA256:\S+ root@deis-1 \(ED25519\)\n$/,
    );
  });
});
