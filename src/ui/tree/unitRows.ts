import type { ClusterSnapshot, NodeSnapshot } from '../../core/model/snapshot';
import { Target } from '../target';
import { count, NODE_STATES } from '../words';
import { UNIT_ICONS } from './icons';
import { Row } from './row';
import { machinesOf, type UnitGroup } from './subsystems';
import { tooltip } from './tooltip';
import { describeState, healthOf, tally, worst, type Instance } from './unitHealth';

const GLOBAL = 'A global unit: fleet runs it on every node.';
const SINGLE = 'Runs once; when its node fails, fleet starts it on another.';
const MISSING = 'Asked for, but fleet has it on no machine: nothing fits, or not yet.';

/** A unit: with its instances below it, or, when there is just one, with that one's node and state in the row itself. */
export function unitRow(cluster: ClusterSnapshot, group: UnitGroup): Row {
  const label = group.name.replace(/\.service$/, '');
  const only = group.isGlobal ? undefined : group.instances.length === 1 ? group.instances[0] : undefined;
  const health = worst(group.healths) ?? 'missing';
  const description =
    group.instances.length === 0 ? 'not scheduled' : only === undefined ? tally(group.healths) : describePlaced(only);
  return new Row({
    id: `${cluster.id}/unit/${group.name}`,
    label,
    description,
    icon: UNIT_ICONS[health],
    context: 'unit',
    target: new Target(cluster.id),
    tooltip: tooltip(
      group.name,
      [
        ['State', only === undefined ? tally(group.healths) : systemdWords(only)],
        ['Node', only?.node],
      ],
      group.instances.length === 0 ? MISSING : group.isGlobal ? GLOBAL : SINGLE,
    ),
    ...(only === undefined && group.instances.length > 0 ? { children: () => instanceRows(cluster, group) } : {}),
  });
}

/** A global unit has no row at all on a machine that is away: its absence is made a row, so that it is seen. */
function instanceRows(cluster: ClusterSnapshot, group: UnitGroup): Row[] {
  const rows = group.instances.map((instance) => instanceRow(cluster, instance, place(instance)));
  const absent = group.isGlobal
    ? machinesOf(cluster).filter((node) => !group.instances.some((instance) => instance.node === node.name))
    : [];
  return [...rows, ...absent.map((node) => absentRow(cluster, group.name, node))].sort((a, b) =>
    a.facts.label.localeCompare(b.facts.label, 'en', { numeric: true }),
  );
}

function absentRow(cluster: ClusterSnapshot, unitName: string, node: NodeSnapshot): Row {
  return new Row({
    id: `${cluster.id}/absent/${unitName}/${node.name}`,
    label: node.name,
    description: node.state === 'ready' ? 'missing' : `missing · node ${NODE_STATES[node.state]}`,
    icon: UNIT_ICONS.missing,
    context: 'instance',
    target: new Target(cluster.id, node.name),
    tooltip: tooltip(
      unitName,
      [['Node', node.name]],
      'It should run here, as on every node, and fleet has no row of it.',
    ),
  });
}

/** One instance, called by its node below a unit, or by its unit below a node. */
export function instanceRow(cluster: ClusterSnapshot, instance: Instance, label: string): Row {
  return new Row({
    id: `${cluster.id}/instance/${label}/${instance.name}/${instance.machineId}`,
    label,
    description: describeState(instance),
    icon: UNIT_ICONS[healthOf(instance)],
    context: 'instance',
    target: new Target(cluster.id, instance.node),
    tooltip: tooltip(
      instance.name,
      [
        ['State', systemdWords(instance)],
        ['Node', instance.node],
        ['Machine', instance.machineId],
      ],
      instance.isStale ? 'Nobody has confirmed this lately: it is what was last seen.' : undefined,
    ),
  });
}

const place = (instance: Instance): string => instance.node ?? `machine ${instance.machineId.slice(0, 8)}`;

/** Where it runs, when all is well; else first what is the matter, which a narrow sidebar must not cut off. */
function describePlaced(instance: Instance): string {
  const parts = [place(instance), describeState(instance)];
  return (healthOf(instance) === 'running' ? parts : parts.reverse()).join(' · ');
}

const systemdWords = (instance: Instance): string => `${instance.load} ${instance.active} ${instance.sub}`;

/** `9 units`, or beside a word that says so just `9`; and how many of them are not well. */
export function describeUnits(instances: readonly Instance[], number = count(instances.length, 'unit')): string {
  const bad = instances.filter((instance) => healthOf(instance) === 'failed').length;
  return bad === 0 ? number : `${number}, ${bad} failed`;
}
