import type { Command } from './command';

/** Looks at everything now, whether or not the view is in sight. */
export const refresh: Command = async ({ operator }, call) => {
  const clusterId = call.by === 'program' ? clusterOf(call.args) : call.target?.clusterId;
  await (await operator.get()).refresh(clusterId);
};

function clusterOf(args: {
  allow(...names: string[]): { has(name: string): boolean; string(name: string): string };
}): string | undefined {
  const known = args.allow('cluster');
  return known.has('cluster') ? known.string('cluster') : undefined;
}
