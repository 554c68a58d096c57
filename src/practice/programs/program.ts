import type { Program, ProgramContext } from '../kernel';

/** A program of the image. /bin, /sbin and /usr/sbin are /usr/bin on CoreOS. */
export const program = (name: string, run: (context: ProgramContext) => number | Promise<number>): Program => ({
  name,
  directory: '/usr/bin',
  run: async (context) => await run(context),
});

/** For programs that only root may use: prints what they say to others. */
export function refuse(context: ProgramContext, message: string): number {
  context.stderr(`${message}\n`);
  return 1;
}
