import { json, lines, streams } from '../compare';
import { Outside } from '../programs';
import type { Scenario } from '../stage';

/** The recorder's own machine reached nodes by their addresses; here each public port is one of loopback. */
const ADDRESS = [[/\[127\.0\.0\.1\]:\d+|127\.0\.0\.1|\[‹address \d›\]:22|‹address \d›/g, '‹node›']] as const;

export const scenario: Scenario = {
  async run(stage) {
    const outside = new Outside(stage);
    try {
      await outside.open();
      const node = await outside.ssh('deis-1');
      const port = await stage.lab.port('deis-1');
      // The recorder's ssh_config sends the caller's language, as Debian's does.
      await outside.row(
        'noninteractive-env.txt',
        `ssh -o LogLevel=ERROR -o SendEnv=LANG ${node} 'echo PATH=$PATH; env | grep -E "COREOS|SSH_C|LANG|TERM"; shopt -q login_shell && echo login || echo no-login'`,
        streams({
          stdout: lines,
          chance: [
            [/^(SSH_CONNECTION=).* 22$/gm, '$1‹client› ‹port› ‹node› 22'],
            [/^(SSH_CLIENT=).* 22$/gm, '$1‹client› ‹port› 22'],
            [/^(COREOS_\w+)=.+$/gm, '$1=‹its address›'],
          ],
        }),
        { LANG: 'C.UTF-8' },
      );
      await stage.prepare('deis-1', 'cat /etc/ssh/ssh_host_rsa_key.pub');
      await outside.row(
        'keyscan.txt',
        `ssh-keyscan -p ${port} 127.0.0.1 2>&1 | cut -c1-90`,
        streams({
          stdout: lines,
          chance: [
            // CoreOS' sshd says another version.
            [/^# .* SSH-2\.0-OpenSSH_.*$/gm, '# ‹node› ‹version›'],
            [/(?:ssh|ecdsa)-\S+ AAAA\S+/g, '‹key›'],
            ...ADDRESS,
          ],
        }),
      );
      const held = `-o ExitOnForwardFailure=yes -N -L`;
      const curl = 'curl -sS -m 5 --unix-socket f.sock http://localhost/fleet/v1/machines';
      const start = (socket: string, options = ''): string =>
        `rm -f f.sock; ssh ${options} ${held} $PWD/f.sock:${socket} ${node} </dev/null >f.log 2>&1 & p=$!; until [ -S f.sock ]; do kill -0 $p || break; sleep 0.05; done; sleep 0.5`;
      await outside.row('streamlocal.txt', `${start('/var/run/fleet.sock')}; ${curl}; echo; kill $p`, json());
      await outside.row(
        'streamlocal-missing.txt',
        `${start('/var/run/nosuch.sock', '-o LogLevel=VERBOSE')}; ${curl}; echo rc=$?; kill $p; wait $p; grep Authenticated f.log`,
        streams({ chance: ADDRESS }),
      );
      const stranger = `${outside.path}/stranger`;
      const wrong = await outside.ssh('deis-2', stranger);
      await outside.run(
        `ssh-keygen -q -t ed25519 -N '' -f ${stranger}; ssh-keyscan -p ${await stage.lab.port('deis-2')} 127.0.0.1 > known_hosts`,
      );
      await outside.row('wrong-key.txt', `ssh -o BatchMode=yes ${wrong} true`, streams({ chance: ADDRESS }));
    } finally {
      outside.close();
    }
  },
};
