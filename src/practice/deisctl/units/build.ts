/** The pieces that the platform's unit files share. */

export interface UnitShape {
  readonly description: string;
  readonly unit?: readonly string[];
  readonly service: readonly string[];
  readonly fleet?: readonly string[];
}

export function renderUnit(shape: UnitShape): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Unit', [`Description=${shape.description}`, ...(shape.unit ?? [])]],
    ['Service', shape.service],
    ['Install', ['WantedBy=multi-user.target']],
    ['X-Fleet', shape.fleet ?? []],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`)
    .join('\n');
}

const image = (component: string): string => `$(/run/deis/bin/get_image /deis/${component})`;

/** Pulls of one node wait for each other: most images share their base. */
export const pull = (component: string): string =>
  `ExecStartPre=/bin/sh -c 'image=${image(component)} || exit 1; docker inspect $image >/dev/null 2>&1 || flock -w 1200 /run/lock/deis-pull docker pull $image'`;

export const removeOld = (component: string): string => `ExecStartPre=-/usr/bin/docker rm -f deis-${component}`;

/** A container that only holds volumes, so that they outlive the one that uses them. */
export const dataContainer = (component: string, volumes: readonly string[]): string =>
  `ExecStartPre=/bin/sh -c 'docker inspect deis-${component}-data >/dev/null 2>&1 || docker run --name deis-${component}-data ${volumes
    .map((volume) => `-v ${volume}`)
    .join(' ')} ${image(component)} /bin/true'`;

export const run = (component: string, options: readonly string[]): string =>
  `ExecStart=/bin/sh -c 'docker run --name deis-${component} --rm ${options.join(' ')} ${image(component)}'`;

export const stopContainer = (component: string): string => `ExecStop=-/usr/bin/docker stop deis-${component}`;

export const HOST = '-e HOST=$COREOS_PRIVATE_IPV4';
export const DOCKER_SOCKET = '-v /var/run/docker.sock:/var/run/docker.sock';
export const FLEET_SOCKET = '-v /var/run/fleet.sock:/var/run/fleet.sock';

export const environment = (timeout: string): string[] => [
  'EnvironmentFile=/etc/environment',
  `TimeoutStartSec=${timeout}`,
];

export const restarts = ['Restart=on-failure', 'RestartSec=5'];

export interface ContainerShape {
  readonly component: string;
  readonly timeout?: string;
  readonly unit?: readonly string[];
  readonly before?: readonly string[];
  readonly options: readonly string[];
  readonly after?: readonly string[];
  readonly fleet?: readonly string[];
}

/** A unit whose process is one container. */
export function containerUnit(shape: ContainerShape): string {
  const { component } = shape;
  return renderUnit({
    description: `deis-${component}`,
    unit: shape.unit ?? [],
    service: [
      ...environment(shape.timeout ?? '20m'),
      pull(component),
      removeOld(component),
      ...(shape.before ?? []),
      run(component, shape.options),
      ...(shape.after ?? []),
      stopContainer(component),
      ...restarts,
    ],
    fleet: shape.fleet ?? [],
  });
}

export const GLOBAL = ['Global=true'];
export const alone = (component: string): string[] => [`Conflicts=deis-${component}@*.service`];
