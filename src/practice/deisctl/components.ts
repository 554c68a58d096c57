/** The parts of the Deis platform that deisctl knows, and in which order it handles them (Deis, deisctl/cmd/platform.go). */
export const COMPONENTS = [
  ...['store-daemon', 'store-monitor', 'store-metadata', 'store-volume', 'store-gateway', 'store-admin'],
  ...['logger', 'logspout', 'database', 'registry', 'controller', 'builder', 'publisher', 'router'],
] as const;

export interface Group {
  readonly title: string;
  /** Handled one after the other; the targets of one step at once. */
  readonly steps: readonly (readonly string[])[];
}

export const INSTALL_GROUPS = (routers: readonly string[], isStateless: boolean): Group[] => [
  ...(isStateless
    ? []
    : [
        {
          title: 'Storage subsystem...',
          steps: [['store-daemon', 'store-monitor', 'store-metadata', 'store-volume', 'store-gateway@1']],
        },
      ]),
  { title: 'Logging subsystem...', steps: [isStateless ? ['logspout'] : ['logger', 'logspout']] },
  {
    title: 'Control plane...',
    steps: [
      isStateless ? ['registry@1', 'controller', 'builder'] : ['database', 'registry@1', 'controller', 'builder'],
    ],
  },
  { title: 'Data plane...', steps: [['publisher']] },
  { title: 'Router mesh...', steps: [routers] },
];

export const START_GROUPS = (isStateless: boolean): Group[] => [
  ...(isStateless
    ? []
    : [
        {
          title: 'Storage subsystem...',
          steps: [['store-monitor'], ['store-daemon'], ['store-metadata'], ['store-gateway@*'], ['store-volume']],
        },
      ]),
  { title: 'Logging subsystem...', steps: [['logger'], ['logspout']] },
  {
    title: 'Control plane...',
    steps: [isStateless ? ['registry@*', 'controller'] : ['database', 'registry@*', 'controller'], ['builder']],
  },
  { title: 'Data plane...', steps: [['publisher']] },
  { title: 'Router mesh...', steps: [['router@*']] },
];

/** Started without being waited for as soon as the stores and loggers run, so that they pull their images meanwhile. */
export const EARLY_STARTS = ['database', 'registry@*', 'controller', 'builder', 'publisher', 'router@*'];

export const STOP_GROUPS = (isStateless: boolean): Group[] => [
  { title: 'Router mesh...', steps: [['router@*']] },
  { title: 'Data plane...', steps: [['publisher']] },
  {
    title: 'Control plane...',
    steps: [
      isStateless ? ['controller', 'builder', 'registry@*'] : ['controller', 'builder', 'database', 'registry@*'],
    ],
  },
  { title: 'Logging subsystem...', steps: [isStateless ? ['logspout'] : ['logger', 'logspout']] },
  ...(isStateless
    ? []
    : [
        {
          title: 'Storage subsystem...',
          steps: [['store-volume', 'store-gateway@*'], ['store-metadata'], ['store-daemon'], ['store-monitor']],
        },
      ]),
];

/** deisctl lists only units whose name begins with that of a component. */
export const isPlatformUnit = (unitName: string): boolean =>
  COMPONENTS.some((component) => unitName.startsWith(`deis-${component}`));
