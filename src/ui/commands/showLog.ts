import type { Command } from './command';

export const showLog: Command = ({ channel }) => {
  channel.show();
  return Promise.resolve();
};
