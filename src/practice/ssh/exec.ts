import type { ServerChannel } from 'ssh2';
import { textOf } from '../host/files/node';
import { insideOf } from '../host/inside';
import type { Terminal } from '../programs/program';
import { Input } from '../shell/input';
import type { Output } from '../shell/output';
import { keysOf } from '../shell/terminal/keys';
import { LineDiscipline } from '../shell/terminal/lineDiscipline';
import { ShellsInside } from '../shell/terminal/shellsInside';
import { TerminalOutput } from '../shell/terminal/terminalOutput';
import { channelOutput, finish } from './channelOutput';
import type { SessionParts, SessionRequest } from './sessions';

export interface Running {
  readonly channel: ServerChannel;
  readonly interrupt: { abort(reason?: unknown): void };
  readonly signal: AbortSignal;
}

/** `ssh node command`: run by the user's shell as `bash -c`. */
export function runExec(parts: SessionParts, request: SessionRequest, run: Running & { command: string }): void {
  const { channel, signal, interrupt } = run;
  const { terminal } = request;
  const raw = channelOutput(channel);
  const output = terminal === undefined ? raw : new TerminalOutput(raw);
  const shells =
    terminal === undefined
      ? undefined
      : new ShellsInside({ host: parts.host, terminal, raw, output, giveBack: () => undefined });
  const input =
    terminal === undefined || shells === undefined ? Input.from(channel) : keyboardInput(run, terminal, raw, shells);
  channel.once('close', () => interrupt.abort());
  const environment = sessionEnvironment(parts, request);
  let isTrapped = false;
  parts.shell
    .start(
      run.command,
      {
        user: 'core',
        environment,
        input,
        signal,
        ...(terminal === undefined ? {} : { terminal }),
        ...(shells === undefined ? {} : { openShell: shells.open }),
        onSignal: (name) => interrupt.abort(name),
        onTrapped: () => (isTrapped = true),
      },
      output,
    )
    .then(async (code) => {
      // What was written is as good as synced once the command's end is known outside.
      await insideOf(parts.host).filesSaved();
      finish(channel, { code, signalName: isTrapped ? undefined : signalNameOf(signal), host: parts.host });
    })
    .catch(() => channel.close());
}

/** `ssh -t node command`: a terminal, without the shell's line editor. */
function keyboardInput({ channel, interrupt }: Running, terminal: Terminal, raw: Output, shells: ShellsInside): Input {
  const input = new Input();
  const keyboard = new LineDiscipline({ terminal, raw, input, interrupt: () => interrupt.abort() });
  channel.on('data', (chunk: Buffer) => {
    if (!shells.receive(chunk) && !keyboard.receive(chunk)) {
      keysOf(chunk.toString('utf8')).forEach((key) => keyboard.press(key));
    }
  });
  channel.once('end', () => input.end());
  return input;
}

export function sessionEnvironment(
  { host, kernel, clientAddress }: SessionParts,
  request: SessionRequest,
): Record<string, string> {
  const client = `${clientAddress} 40000`;
  const peer = kernel.host(kernel.network.dropletAt(clientAddress) ?? 0);
  const server = peer?.privateAddress === clientAddress ? host.privateAddress : host.publicAddress;
  return {
    ...loginVariables(host),
    ...request.environment,
    SSH_CLIENT: `${client} 22`,
    SSH_CONNECTION: `${client} ${server} 22`,
    ...(request.terminal === undefined ? {} : { SSH_TTY: '/dev/pts/0', TERM: request.terminal.name }),
    ...(request.agentSocket === undefined ? {} : { SSH_AUTH_SOCK: request.agentSocket }),
  };
}

/** pam_env: each login has what /etc/environment says (the recorded traces, sshd/noninteractive-env). */
function loginVariables(host: SessionParts['host']): Record<string, string> {
  const node = insideOf(host).tree.find('/etc/environment');
  const text = node?.kind === 'file' ? textOf(node) : '';
  return Object.fromEntries(
    [...text.matchAll(/^([A-Za-z_]\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

const signalNameOf = (signal: AbortSignal): string | undefined =>
  signal.aborted && typeof signal.reason === 'string' ? signal.reason : undefined;
