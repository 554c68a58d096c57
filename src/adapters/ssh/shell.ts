import { StringDecoder } from 'node:string_decoder';
import type { ClientChannel } from 'ssh2';
import type { ShellChannel } from '../../core/ports';

type ExitListener = (exitCode: number | undefined, reason?: string) => void;

/** An interactive shell. What comes before somebody listens is kept for him. `ended` resolves when it is over. */
export function shellOver(channel: ClientChannel): { shell: ShellChannel; ended: Promise<void> } {
  const decoder = new StringDecoder('utf8');
  const dataListeners: ((text: string) => void)[] = [];
  const exitListeners: ExitListener[] = [];
  let early = '';
  let exit: { code: number | undefined; reason?: string } | undefined;
  let result: typeof exit;

  const give = (data: Buffer): void => {
    const text = decoder.write(data);
    early += dataListeners.length === 0 ? text : '';
    dataListeners.forEach((listener) => listener(text));
  };
  channel.on('data', give);
  channel.stderr.on('data', give);
  channel.on('error', () => undefined);
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = code === null ? { code: undefined, reason: `ended by ${signal ?? 'a signal'}` } : { code };
  });
  let release = (): void => undefined;
  const ended = new Promise<void>((resolve) => (release = resolve));
  channel.on('close', () => {
    result = exit ?? { code: undefined, reason: 'the connection was lost' };
    exitListeners.splice(0).forEach((listener) => listener(result?.code, result?.reason));
    release();
  });

  const shell: ShellChannel = {
    write(text) {
      if (channel.writable) {
        channel.write(text);
      }
    },
    resize: (columns, rows) => channel.setWindow(rows, columns, 0, 0),
    onData(listener) {
      dataListeners.push(listener);
      if (early !== '') {
        listener(early);
        early = '';
      }
    },
    onExit(listener) {
      if (result === undefined) {
        exitListeners.push(listener);
      } else {
        listener(result.code, result.reason);
      }
    },
    dispose() {
      channel.close();
      release();
    },
  };
  return { shell, ended };
}
