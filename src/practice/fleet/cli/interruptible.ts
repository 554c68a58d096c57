import type { Program } from '../../programs/program';

/** What a shell shows for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** A hang-up or Ctrl-C ends the program wherever it waits. */
export const interruptible = (program: Program): Program => ({
  ...program,
  run: async (context) => {
    try {
      return await program.run(context);
    } catch (error) {
      if (context.signal.aborted) {
        return INTERRUPTED;
      }
      throw error;
    }
  },
});
