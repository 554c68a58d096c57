import * as v from 'valibot';
import { readTrace } from '../readme';
import type { Sample } from './events';

const Line = v.object({
  t: v.number(),
  probe: v.string(),
  ms: v.number(),
  exit: v.optional(v.number()),
  stdout: v.optional(v.nullable(v.string())),
  stderr: v.optional(v.nullable(v.string())),
  same: v.optional(v.boolean()),
});

/** A recorded time line with what "same" stands for put in. */
export function readTimeline(file: string): Sample[] {
  const last = new Map<string, Sample>();
  return readTrace(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { t, probe, ms, exit, stdout, stderr, same } = v.parse(Line, JSON.parse(line));
      const before = same === true ? last.get(probe) : undefined;
      const said = before ?? { exit, stdout: stdout ?? '', stderr: stderr ?? '' };
      const sample = { exit: said.exit, stdout: said.stdout, stderr: said.stderr, at: t, probe, ms };
      last.set(probe, sample);
      return sample;
    });
}
