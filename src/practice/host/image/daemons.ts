import type { Daemon, DaemonFactory } from '../../kernel';
import { insideOf } from '../inside';
import { flanneld } from './flanneld';

/** A service that only has to be there. */
const idle: DaemonFactory = () => {
  let end: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (end = resolve));
  return { exited, ready: Promise.resolve(), stop: () => end(0) };
};

const docker: DaemonFactory = (host): Daemon => {
  const { docker: engine } = insideOf(host);
  let end: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (end = resolve));
  engine.isUp = true;
  return {
    exited,
    ready: Promise.resolve(),
    stop: () => {
      void engine.stopAll().then(() => end(0));
    },
  };
};

/** Native services of the image that nobody else models, by the path of their program. */
export const imageDaemons: Readonly<Record<string, DaemonFactory>> = {
  '/usr/bin/flanneld': flanneld,
  '/usr/bin/dbus-daemon': idle,
  '/usr/bin/update_engine': idle,
  '/usr/lib/locksmith/locksmithd': idle,
  '/usr/lib/systemd/systemd-journald': idle,
  '/usr/lib/systemd/systemd-udevd': idle,
  '/usr/lib/systemd/systemd-networkd': idle,
  '/usr/lib/systemd/systemd-resolved': idle,
  '/usr/lib/systemd/systemd-logind': idle,
  '/usr/lib/systemd/systemd-timesyncd': idle,
  '/usr/lib/coreos/dockerd': docker,
};
