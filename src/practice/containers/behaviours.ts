import { boxCommand } from './boxCommand';
import type { Behaviour } from './context';
import { untilStopped } from './context';
import { controller } from './controller';
import { database } from './database';
import { builder, logger, logspout, publisher, registry } from './dataPlane';
import { router } from './router';
import { admin, daemon, gateway, metadata, monitor } from './store';

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'store-monitor': monitor,
  'store-daemon': daemon,
  'store-metadata': metadata,
  'store-gateway': gateway,
  'store-admin': admin,
  logger,
  logspout,
  database,
  registry,
  controller,
  builder,
  publisher,
  router,
};

/** What the main process of a container does, by the Deis component of its image. */
export function behaviourOf(component: string | undefined, command: readonly string[]): Behaviour {
  if (/(?:^|\/)true$/.test(command[0] ?? '')) {
    return () => Promise.resolve(0);
  }
  if (command.length > 0) {
    return boxCommand;
  }
  const known = component === undefined ? undefined : BEHAVIOURS[component];
  return known ?? anything;
}

const anything: Behaviour = (context) => {
  context.ready();
  return untilStopped(context.signal);
};
