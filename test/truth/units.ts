import { createHash } from 'node:crypto';
import type { Freedom } from './normalise';
import { readTrace } from './readme';
import type { Stage } from './stage';

/**
 * The recording's swapon was a stub in a folder that CoreOS keeps read-only; ours lies elsewhere, so that this one unit's text and
 * hash are others.
 */
const [STUB, OUR_STUB] = ['/usr/local/sbin/', '/opt/stub/'];
const recordedSwapon = readTrace('fleetctl/unit-swapon.service');
const ourSwapon = recordedSwapon.replaceAll(STUB, OUR_STUB);

/** The units of the recording in their own words: where a text was not kept, its hash in the lists says that this is it. */
export const UNITS: Readonly<Record<string, string>> = {
  'swapon.service': ourSwapon,
  'swapfail.service': readTrace('fleetctl/unit-swapfail.service'),
  'web.service': readTrace('fleetctl/unit-web.service'),
  'bad1.service': '[Unit\nDescription=x\n',
  'bad2.service': '[Unit]\nDescription=x\n\n[X-Fleet]\nGlobal=yes please\nBogus=1\n\n[Service]\nExecStart=/bin/true\n',
  'bad3.service': '[Service]\nType=bogus\nExecStart=true\n',
  'nofit.service': '[Service]\nExecStart=/bin/sleep infinity\n\n[X-Fleet]\nMachineMetadata=disk=ssd\n',
  'empty.service': '',
  noext: '[Service]\nExecStart=/bin/true\n',
};

export const CHANGED_WEB =
  '[Unit]\nDescription=One changed unit\n\n[Service]\nExecStart=/bin/sleep infinity\nRestart=on-failure\n';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

const wordsOf = (text: string, folder: string): [RegExp, string][] => [
  [new RegExp(sha1(text), 'g'), '‹swapon’s hash›'],
  [new RegExp(String.raw`\b${sha1(text).slice(0, 7)}\b`, 'g'), '‹swapon’s short hash›'],
  [new RegExp(folder, 'g'), '‹stub›/'],
];

/** What is another here because swapon.service names another folder. */
export const SWAPON: Freedom = { chance: [...wordsOf(recordedSwapon, STUB), ...wordsOf(ourSwapon, OUR_STUB)] };

/** Every node has the files, and a swapon that says nothing and succeeds. */
export async function writeUnits(stage: Stage): Promise<void> {
  for (const [name, text] of Object.entries(UNITS)) await stage.writeEverywhere(name, text);
  for (const number of [1, 2, 3, 4, 5]) {
    await stage.prepare(
      `deis-${number}`,
      `sudo mkdir -p ${OUR_STUB}; for f in swapon swapoff; do printf "#!/bin/sh\\nexit 0\\n" | sudo tee ${OUR_STUB}$f > /dev/null; sudo chmod 755 ${OUR_STUB}$f; done`,
    );
  }
}

/** 130 units besides: more than one page of the API. */
export async function startManyUnits(stage: Stage): Promise<void> {
  await stage.prepare(
    'deis-1',
    'for i in $(seq 1 130); do printf "[Service]\\nExecStart=/bin/sleep infinity\\n" > $(printf dummy%03d $i).service; done; fleetctl start --no-block dummy*.service > /dev/null',
  );
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend | grep -c "^dummy.*running"', /^130$/m, 240_000);
}
