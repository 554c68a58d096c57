import * as v from 'valibot';
import type { Cloud } from '../../cloud/cloud';
import { badRequest, notFound, Refusal } from '../../cloud/refusal';
import { isOfDroplet, type ActiveFault, type Fault, type Faults } from '../../faults/faults';
import type { Reply } from '../http';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const lasting = { forMs: v.optional(count) };
const call = { method: v.optional(v.string()), path: v.optional(v.string()), times: v.optional(count), ...lasting };
const dropletId = v.pipe(v.number(), v.integer());
const ofDroplet = { dropletId, ...lasting };
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Ten years either way. */
const MOST_SECONDS = 315_360_000;
/** A clock that runs half as fast, or half as fast again. */
const MOST_PPM = 500_000;

const faultSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('api-refuses'),
    status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 500),
    message: v.optional(v.string(), 'Unexpected server-side error.'),
    ...call,
  }),
  v.strictObject({ kind: v.literal('api-delays'), ms: count, ...call }),
  v.strictObject({ kind: v.literal('api-breaks'), ...call }),
  v.strictObject({ kind: v.literal('api-loses-reply'), ...call }),
  v.strictObject({
    ...{ kind: v.literal('api-lies'), ...call },
    lie: v.picklist(['forgets-droplets', 'says-active', 'garbles']),
  }),
  v.strictObject({ kind: v.literal('node-hangs'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('node-loses-power'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('disk-fills'), ...ofDroplet }),
  v.pipe(
    v.strictObject({
      ...{ kind: v.literal('clock-drifts'), ...ofDroplet },
      seconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-MOST_SECONDS), v.maxValue(MOST_SECONDS)), 0),
      ppm: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-MOST_PPM), v.maxValue(MOST_PPM))),
    }),
    v.forward(
      v.partialCheck(
        [['seconds'], ['ppm']],
        ({ seconds, ppm = 0 }) => seconds !== 0 || ppm !== 0,
        'neither seconds nor ppm',
      ),
      ['seconds'],
    ),
  ),
  v.strictObject({ kind: v.literal('ssh-refuses'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-hangs'), afterBytes: v.optional(bytes, 0), ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-breaks'), afterBytes: bytes, ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-changes-host-key'), ...ofDroplet }),
  v.strictObject({
    kind: v.literal('network-split'),
    groups: v.pipe(v.array(v.pipe(v.array(dropletId), v.minLength(1))), v.minLength(2)),
    ...lasting,
  }),
]);

function parseFault(body: unknown): Fault {
  const result = v.safeParse(faultSchema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw badRequest(`fault: ${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
}

/** What these change is in the node itself: it has to have booted once. Others wait for it. */
const INSIDE: readonly Fault['kind'][] = ['node-loses-power', 'disk-fills', 'ssh-changes-host-key'];

/** What cannot be carried out is said now, not when nothing happens. */
function refuseWithoutDroplet(cloud: Cloud, fault: Fault): void {
  const split = fault.kind === 'network-split' ? fault.groups.flat() : [];
  for (const id of isOfDroplet(fault) ? [fault.dropletId] : split) {
    const droplet = cloud.store.droplet(id);
    if (droplet === undefined || droplet.goneAt !== undefined) {
      throw new Refusal(404, 'not_found', `There is no droplet ${id}.`);
    }
    if (INSIDE.includes(fault.kind) && cloud.lifecycle.host(id) === undefined) {
      throw badRequest(`Droplet ${id} has not booted yet.`);
    }
  }
  const twice = split.find((id, index) => split.indexOf(id) !== index);
  if (twice !== undefined) throw badRequest(`Droplet ${twice} is in two groups.`);
}

const render = ({ id, fault, left, endsAt }: ActiveFault): object => ({
  ...{ id, fault },
  ...(left !== null && { left }),
  ...(endsAt !== undefined && { endsAt }),
});

export function listFaults(faults: Faults): Reply {
  return { status: 200, body: { faults: faults.active.map(render) } };
}

export function addFault({ faults, cloud }: { faults: Faults; cloud: Cloud }, body: unknown): Reply {
  const fault = parseFault(body);
  refuseWithoutDroplet(cloud, fault);
  return { status: 201, body: { fault: render(faults.add(fault)) } };
}

export function removeFault(faults: Faults, id: string | undefined): Reply {
  if (id === undefined) faults.clear();
  else if (!faults.remove(id)) throw notFound();
  return { status: 204 };
}
