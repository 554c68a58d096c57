import { readFileSync } from 'node:fs';

/** What a real program wrote, byte for byte (test/fixtures/traces/README.md). */
export const trace = (path: string): string => readFileSync(`test/fixtures/traces/${path}`, 'utf8');

/** Status and body of a recorded HTTP call. */
export function recordedReply(path: string): { status: number; headers: Record<string, string>; body: string } {
  const head = trace(path.replace(/\.json$/, '.stderr.txt'));
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), headers: {}, body: trace(path) };
}
