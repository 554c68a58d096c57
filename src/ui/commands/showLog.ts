import type { Command } from './command';

export const showLog: Command = async ({ channel }) => {
  channel.show();
  return await Promise.resolve();
};
