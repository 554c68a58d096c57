import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { isPrivate } from '../net/serviceUrl';

/** What the running practice process says about itself in its state folder. */
const ProcessFile = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  api: v.pipe(
    v.string(),
    v.check((api) => URL.canParse(api) && isPrivate(new URL(api)) && new URL(api).origin === api),
  ),
});

export type ProcessFacts = v.InferOutput<typeof ProcessFile>;

/** The process of this state folder, if it is alive. A file left by one that died is ignored. */
export async function findProcess(stateFolder: string): Promise<ProcessFacts | undefined> {
  try {
    const facts = v.parse(ProcessFile, JSON.parse(await readFile(path.join(stateFolder, 'process.json'), 'utf8')));
    return isAlive(facts.pid) ? facts : undefined;
  } catch {
    return undefined; // None, or half written: it will be whole at the next look.
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
