import type { ServerChannel } from 'ssh2';
import type { Host } from '../kernel';
import type { Output } from '../shell/output';

/** A channel's two streams. ssh2 keeps what the client's window does not take yet. */
export function channelOutput(channel: ServerChannel): Output {
  const isOpen = (): boolean => channel.writable;
  return {
    stdout: (text) => {
      if (isOpen()) {
        channel.write(text);
      }
    },
    stdoutBytes: (bytes) => {
      if (isOpen()) {
        channel.write(Buffer.from(bytes));
      }
    },
    stderr: (text) => {
      if (isOpen()) {
        channel.stderr.write(text);
      }
    },
    drained: () => drained(channel),
  };
}

/** Resolves when the client's window has room again, or when nobody is there any more. */
function drained(channel: ServerChannel): Promise<void> {
  if (!channel.writableNeedDrain || channel.destroyed) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const go = (): void => {
      channel.off('drain', go).off('close', go);
      resolve();
    };
    channel.on('drain', go).on('close', go);
  });
}

/** Says how the command ended, after all its output, and closes. Without power nothing is said. */
export function finish(
  channel: ServerChannel,
  end: { readonly code: number; readonly signalName: string | undefined; readonly host: Host },
): void {
  if (end.host.power.aborted || !channel.writable) {
    return;
  }
  channel.write('', () => {
    channel.stderr.write('', () => {
      if (end.signalName === undefined) {
        channel.exit(end.code);
      } else {
        channel.exit(end.signalName);
      }
      channel.end();
    });
  });
}
