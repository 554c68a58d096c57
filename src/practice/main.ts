import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { saveMemory } from './memorySaver';
import { parseCommandLine, USAGE, UsageError, type PracticeOptions } from './commandLine';
import { startPracticeCloud, type PracticeCloud } from './practiceCloud';
import { FolderInUse, ProcessLock } from './processLock';

/** The first window has this long to attach, the others this long to come back, in real time. */
const UNUSED = { firstMs: 60_000, graceMs: 4_000 };

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

function report(error: unknown): void {
  say(
    `The practice cloud hit an unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
}

function makeFolder(options: PracticeOptions): { folder: string; isTemporary: boolean } {
  if (options.stateFolder === undefined) {
    return { folder: mkdtempSync(path.join(os.tmpdir(), 'deis-practice-')), isTemporary: true };
  }
  const folder = path.resolve(options.stateFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { folder, isTemporary: false };
}

/** Ends the process once, with everything saved. */
function endOnce(end: () => Promise<void>): (exitCode: number) => void {
  let isEnding = false;
  return (exitCode) => {
    if (isEnding) return;
    isEnding = true;
    end().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        report(error);
        process.exit(1);
      },
    );
  };
}

async function start(options: PracticeOptions): Promise<void> {
  const { folder, isTemporary } = makeFolder(options);
  const lock = await ProcessLock.acquire(folder);
  let cloud: PracticeCloud;
  try {
    cloud = await startPracticeCloud({ ...options, stateFolder: folder }, report);
  } catch (error) {
    lock.release();
    throw error;
  }
  const end = endOnce(async () => {
    await cloud.dispose();
    lock.release();
    if (isTemporary) rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  if (options.endsWhenUnused) cloud.attachments.endWhenUnused(UNUSED, () => end(0));
  if (cloud.notice !== undefined) say(cloud.notice);
  lock.publish(cloud.origin);
  process.stdout.write(`${JSON.stringify({ api: cloud.origin, token: options.token })}\n`);
}

function explain(error: unknown, options: PracticeOptions): string {
  if (error instanceof FolderInUse) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${options.port} on 127.0.0.1 is in use: end what listens there, or choose another with --port (0 takes any free one).`;
  }
  return `The practice cloud cannot start: ${error instanceof Error ? error.message : String(error)}`;
}

async function main(): Promise<void> {
  let options: PracticeOptions | undefined;
  try {
    options = parseCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(`${error.message} (--help lists the options.)`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  // Everything that runs on a node hangs on the one signal of its power.
  EventEmitter.defaultMaxListeners = 0;
  saveMemory();
  // A fault in one part of the model must not take away everybody's cluster; it is said and time goes on.
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  try {
    await start(options);
  } catch (error) {
    say(explain(error, options));
    process.exit(1);
  }
}

void main();
