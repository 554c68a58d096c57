import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { quote } from '../../../../src/practice/shell/quote';
import type { Node } from './node';
import { bootedNode, follower, transcript } from './node';

describe('the shell of a node', () => {
  let node: Node;
  before(async () => (node = await bootedNode({ programs: [follower] })));
  after(() => node.kernel.dispose());

  const run = (script: string, stdin = ''): Promise<string> => transcript(node, script, { user: 'core', stdin });

  it('gives back exit codes and both streams', async () => {
    assert.equal(await run('echo out; echo err >&2; exit 7'), 'out\n[err] err\n[exit 7]');
  });

  it('knows the environment of an SSH session', async () => {
    assert.equal(
      await run('echo $PATH; echo $HOME $USER $(whoami) $(pwd); echo ${COREOS_PRIVATE_IPV4:-none}'),
      '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/bin\n/home/core core core /home/core\nnone\n',
    );
    assert.match(await run('source /etc/environment; echo $COREOS_PRIVATE_IPV4'), /^10\.132\.0\.1\n$/);
  });

  it('says what bash says of commands that are not there, or may not run', async () => {
    assert.equal(
      await run('nosuch; /opt/bin/deisctl list; /etc/hosts; /etc'),
      [
        '[err] bash: nosuch: command not found\n',
        '[err] bash: /opt/bin/deisctl: No such file or directory\n',
        '[err] bash: /etc/hosts: Permission denied\n',
        '[err] bash: /etc: Is a directory\n',
        '[exit 126]',
      ].join(''),
    );
  });

  it('names the line in a script but not in a command', async () => {
    assert.equal(await run('bash -s', 'true\nnosuch\n'), '[err] bash: line 2: nosuch: command not found\n[exit 127]');
    assert.equal(
      await run('printf "\\nnosuch\\n" > s.sh; bash s.sh'),
      '[err] s.sh: line 2: nosuch: command not found\n[exit 127]',
    );
  });

  it('finds programs by path, and those that user data brings only when they are there', async () => {
    assert.equal(await run('/usr/bin/hostname; /bin/hostname; hostname'), 'deis-1\ndeis-1\ndeis-1\n');
    assert.match(await run('follow 1'), /follow: command not found/);
    await transcript(node, 'mkdir -p /opt/bin && touch /opt/bin/follow && chmod +x /opt/bin/follow', { user: 'root' });
    assert.equal(await run('follow 1; /opt/bin/follow 1; sudo follow 1; bash -c "follow 1"'), 'line 1\n'.repeat(4));
  });

  it('lets core read and write only what is core’s', async () => {
    assert.equal(
      await run('echo x > /etc/foo; echo $?; mkdir /etc/d; cat /etc/ssh/ssh_host_rsa_key; cat /root/x; rm /etc/passwd'),
      [
        '[err] bash: /etc/foo: Permission denied\n',
        '1\n',
        "[err] mkdir: cannot create directory '/etc/d': Permission denied\n",
        '[err] cat: /etc/ssh/ssh_host_rsa_key: Permission denied\n',
        '[err] cat: /root/x: Permission denied\n',
        "[err] rm: cannot remove '/etc/passwd': Permission denied\n[exit 1]",
      ].join(''),
    );
    assert.equal(await run('echo x | sudo tee /etc/foo; cat /etc/foo; stat -c %s /etc/foo'), 'x\nx\n2\n');
    assert.match(await run('touch mine; ls -l mine'), /^-rw-r--r-- 1 core core 0 .* mine\n$/);
  });

  it('says that a directory is missing instead of making it', async () => {
    assert.equal(await run('echo x > nosuch/file'), '[err] bash: nosuch/file: No such file or directory\n[exit 1]');
  });

  it('runs sudo with and without the environment', async () => {
    assert.equal(await run('export A=1; sudo bash -c \'echo "[$A]" $HOME $(whoami)\''), '[] /root root\n');
    assert.equal(await run('export A=1; sudo -E bash -c \'echo "[$A]"\'; sudo B=2 env | grep ^B'), '[1]\nB=2\n');
    assert.equal(
      await run('sudo nosuch; sudo -u core whoami; sudo cd /'),
      '[err] sudo: nosuch: command not found\ncore\n[err] sudo: cd: command not found\n[exit 1]',
    );
  });

  it('passes on standard input only to those who read it', async () => {
    assert.equal(await run('hostname; wc -c', 'abc'), 'deis-1\n3\n');
    assert.equal(
      await run('while read l; do echo "got $l"; hostname; done', '1\n2\n'),
      'got 1\ndeis-1\ngot 2\ndeis-1\n',
    );
    assert.equal(await run('sudo cat | wc -c', 'abcd'), '4\n');
    assert.equal(await run('bash -s -- x y', 'echo $1 $2'), 'x y\n');
    assert.equal(await run('cat > f; cat f', 'zzz'), 'zzz');
  });

  it('counts a pipe in wide columns, as the end of it is not known beforehand', async () => {
    assert.equal(
      await run('echo a b | wc -lc; echo a b | wc; echo a b | wc -l'),
      '      1       4\n      1       2       4\n1\n',
    );
    assert.equal(await run('echo a b > f; wc f; echo c | wc -l - f'), '1 2 4 f\n      1 -\n      1 f\n      2 total\n');
  });

  it('keeps the order of outputs of commands, programs and the shell itself', async () => {
    assert.equal(
      await run('echo 1; hostname; nosuch; for i in a b; do echo $i; hostname; done; echo end'),
      '1\ndeis-1\n[err] bash: nosuch: command not found\na\ndeis-1\nb\ndeis-1\nend\n',
    );
  });

  it('has the parts of the language that scripts of the guide use', async () => {
    const script = [
      `IPS=$(printf '10.0.0.1\\n10.0.0.2\\n' | awk -vORS=, '{ print $1 }' | sed 's/,$/\\n/')`,
      'echo "$IPS"',
      'while IFS=, read -ra A; do for ip in "${A[@]}"; do echo "- $ip"; done; done <<< "$IPS"',
      'cat <<X\n$IPS\nX',
      'f() { local n=$1; return $n; }; f 3; echo $?',
      "trap 'echo bye' EXIT",
      '(exit 4); echo $?',
      'sleep 1000 & kill $!; wait; echo $((2 ** 5)) ${IPS%%,*}',
    ].join('\n');
    assert.equal(
      await run(script),
      '10.0.0.1,10.0.0.2\n- 10.0.0.1\n- 10.0.0.2\n10.0.0.1,10.0.0.2\n3\n4\n32 10.0.0.1\nbye\n',
    );
  });

  it('runs what a variable holds, split as bash splits it', async () => {
    assert.equal(
      await run('X="sudo whoami"; $X; a=(echo "b  c" d); "${a[@]}"; f() { echo fun $1; }; g=f; $g 1; $none echo z'),
      'root\nb  c d\nfun 1\nz\n',
    );
  });

  it('substitutes processes for the library’s tools and for programs of the node', async () => {
    assert.equal(
      await run('diff <(printf "a\\nb\\n") <(printf "a\\nc\\n"); bash <(echo \'echo hi $1\') you; ls -A /tmp'),
      '2c2\n< b\n---\n> c\nhi you\n',
    );
  });

  it('shows differences in both forms', async () => {
    await run('seq 9 > a; seq 9 | sed s/5/five/ > b; echo x >> b');

    assert.equal(await run('diff a b'), '5c5\n< 5\n---\n> five\n9a10\n> x\n[exit 1]');
    assert.equal(
      await run('diff -u a b'),
      '--- a\n+++ b\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+x\n[exit 1]',
    );
  });

  it('stops at the first failure when asked', async () => {
    assert.equal(await run('set -e; echo a; false; echo b'), 'a\n[exit 1]');
    assert.equal(await run('set -o pipefail; false | true; echo $?'), '1\n');
  });

  it('explains a script that does not parse as bash does', async () => {
    assert.equal(await run('if true; then'), '[err] bash: -c: line 2: syntax error: unexpected end of file\n[exit 1]');
    assert.match(await run('echo a; )'), /syntax error near unexpected token `\)'/);
  });

  it('connects through /dev/tcp in the model only', async () => {
    assert.equal(
      await run('exec 3<>/dev/tcp/127.0.0.1/22 && echo open; (echo > /dev/tcp/127.0.0.1/99) || echo closed'),
      'open\n[err] bash: connect: Connection refused\n[err] bash: /dev/tcp/127.0.0.1/99: Connection refused\nclosed\n',
    );
  });

  it('measures by the node’s clock', async () => {
    const before = node.kernel.timeline.now();
    assert.equal(await run('sleep 100; timeout 60 sleep 1000; echo $?'), '124\n');
    assert.ok(node.kernel.timeline.now() - before >= 160_000);
    assert.match(await run('time sleep 100'), /real\t1m4\d\.\d{3}s/);
  });

  it('quotes any word so that it comes back unchanged', async () => {
    for (const word of ["it's", '', 'a b', '$HOME', '`x`', 'a\nb', '"', '\\', '*', '~', '-n', 'é']) {
      assert.equal(await run(`printf '%s' ${quote(word)}`), word);
    }
  });
});
