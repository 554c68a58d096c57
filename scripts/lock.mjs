/** One process at a time: a lock file that holds its holder's id. Plain Node, synchronous: used before any package is there. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const LOOK_MS = 200;

/** Runs `work` alone among all processes that name the same file; `waiting` is called once when another one is at it. */
export function alone(file, work, waiting = () => {}) {
  for (let hasTold = false; !take(file); hasTold = true) {
    if (!hasTold) waiting();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  }
  try {
    return work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true }); // its holder died; whoever is first takes it at the next look
    return false;
  }
}

function isHeld(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (holder === 0) return true; // made, and not written yet
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
