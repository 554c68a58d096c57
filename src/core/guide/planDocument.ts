import type { Account, Size } from '../model/cloud';
import type { ClusterSpec } from '../model/cluster';
import { formatMoney, formatPrice, priceOf } from '../model/cost';
import { failureTolerance, quorumSize } from '../model/quorum';
import type { Obstacle } from '../operator';
import { hasSwapUnit } from './swapUnit';

export interface PlanFacts {
  readonly spec: ClusterSpec;
  readonly obstacles: readonly Obstacle[];
  /** Absent when the account could not be read. */
  readonly account?: Account;
  /** Absent when the size is unknown. */
  readonly size?: Size;
  /** Titles of the plan's steps, in their order. */
  readonly steps?: readonly string[];
}

/** What will be done, before anything is: markdown, shown to the user before the confirmation. */
export function renderPlanDocument(facts: PlanFacts): string {
  return [
    `# Create a cluster of ${facts.spec.instances} nodes`,
    '> For demonstration. Fault tolerant is not highly available: the cluster goes on when some nodes fail, with interruptions while their work moves elsewhere.',
    renderObstacles(facts.obstacles),
    renderContents(facts),
    renderCost(facts),
    renderTolerance(facts.spec),
    renderCalls(facts.spec),
    renderSteps(facts.steps ?? []),
    renderAftermath(facts.spec),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** Text of others is shown as it is, not as markdown. */
const plain = (text: string | number): string => `\`${String(text).replaceAll(/[`\r\n|]/g, ' ')}\``;
const sentence = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_[\]<>|]/g, '\\$&');
const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function renderObstacles(obstacles: readonly Obstacle[]): string {
  const list = (wanted: boolean): string =>
    bullets(obstacles.filter(({ isWarning }) => isWarning === wanted).map(({ message }) => sentence(message)));
  const [stops, warnings] = [list(false), list(true)];
  return [
    stops === '' ? '' : `## What stands in the way\n\n${stops}`,
    warnings === '' ? '' : `## Worth knowing first\n\n${warnings}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function renderContents({ spec, account, size }: PlanFacts): string {
  const dimensions =
    size === undefined ? '' : ` (${size.memoryMb} MB memory, ${size.vcpus} processor, ${size.diskGb} GB disk)`;
  const rows = [
    ['Droplets', plain(`${spec.prefix}-1`) + ' to ' + plain(`${spec.prefix}-${spec.instances}`)],
    ['Size', plain(spec.sizeSlug) + dimensions],
    ['Region', plain(spec.regionSlug)],
    ['Image', plain(spec.image)],
    ['Account', account === undefined ? 'not known' : plain(account.email)],
    [
      'Swap',
      hasSwapUnit(spec) ? `${spec.swapSizeMb} MB on every node, by the fleet unit ${plain('swapon.service')}` : 'none',
    ],
    ['etcd members meet by', spec.bootstrap === 'discovery' ? 'a discovery URL' : 'addresses written over SSH'],
    [
      'Deis platform',
      spec.installPlatform
        ? `${plain(spec.release)}, installed and started, ${spec.routerMeshSize} routers`
        : 'not installed',
    ],
    ...(spec.installPlatform
      ? [['Domain', spec.domain === undefined ? 'the sslip.io name of the first node' : plain(spec.domain)]]
      : []),
  ];
  return `## What will be there\n\n| | |\n| --- | --- |\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`;
}

function renderCost({ spec, size }: PlanFacts): string {
  const price =
    size === undefined
      ? 'The price is not known, since the size could not be read.'
      : `**${formatPrice(priceOf(size, spec.instances))}** for ${spec.instances} droplets at ${formatMoney(size.priceMonthly)} a month each. A month is billed as 672 hours at most.`;
  return [
    '## What it costs',
    price,
    bullets([
      'Billing starts when a droplet is created and ends when it is **destroyed**. A droplet that is powered off is billed like one that runs.',
      'The tag, the firewall and the SSH key cost nothing. An image that you imported yourself is billed apart, and Destroy Cluster leaves it alone.',
    ]),
  ].join('\n\n');
}

function renderTolerance({ instances, installPlatform }: ClusterSpec): string {
  const tolerance = failureTolerance(instances);
  const loss = tolerance === 1 ? 'any one node fails' : `any ${tolerance} nodes fail at the same time`;
  return [
    '## What it survives',
    `${instances} etcd members need ${quorumSize(instances)} for a majority: the cluster goes on when ${loss}. When one more fails, nothing can be changed, started or moved until a node is back.`,
    bullets([
      'fleet notices a dead node after 15 to 30 seconds and starts its single units elsewhere; they do not move back by themselves.',
      ...(installPlatform
        ? [
            'The database, the controller, the registry, the builder and the logger exist once: each is away for some minutes when its node fails, and the database may lose its last minute.',
            'A name of sslip.io or a single DNS record leads to one node only; it is out of reach while that node is down.',
          ]
        : []),
    ]),
  ].join('\n\n');
}

function renderCalls(spec: ClusterSpec): string {
  const calls = [
    'POST /v2/account/keys: the public half of the SSH key, unless the account has it',
    'POST /v2/tags: one tag, by which everything of this cluster is found again',
    'POST /v2/firewalls: SSH from anywhere, everything between the nodes, nothing else from outside',
    ...(spec.bootstrap === 'discovery' ? [`GET /new?size=${spec.instances} of the discovery service`] : []),
    `POST /v2/droplets: ${spec.instances} droplets in one call, with their user data`,
    `over SSH: ${hasSwapUnit(spec) ? 'etcd, fleet and swap' : 'etcd and fleet'} are waited for and proved on every node`,
    ...(spec.installPlatform ? ['over SSH: deisctl config, install and start, then every unit on every node'] : []),
    ...(spec.openPorts && spec.installPlatform ? ['PUT /v2/firewalls: ports 80, 443 and 2222 from anywhere'] : []),
  ];
  return `## What will be called\n\n${calls.map((call, i) => `${i + 1}. ${call}`).join('\n')}`;
}

function renderSteps(steps: readonly string[]): string {
  return steps.length === 0
    ? ''
    : `## The steps\n\n${steps.map((step, i) => `${i + 1}. ${sentence(step)}`).join('\n')}`;
}

function renderAftermath({ openPorts, installPlatform }: ClusterSpec): string {
  const ports = openPorts
    ? [
        'Ports 80, 443 and 2222 will be open to the world. **Whoever registers first becomes the administrator** of the platform.',
      ]
    : ['Ports 80, 443 and 2222 stay closed to the world until you open them.'];
  return [
    '## Afterwards',
    bullets([
      ...(installPlatform ? ports : []),
      'The setup can be cancelled at any point; Resume Setup goes on from there.',
      '**Destroy Cluster** deletes the droplets, the firewall, the tag and the key again, and proves that nothing of them is left to be billed.',
    ]),
  ].join('\n\n');
}
