/** What `deisctl install platform` makes, group by group (deis 1.13, deisctl/cmd/cmd.go). */

export interface PlatformUnit {
  readonly name: string;
  /** What deisctl calls it. */
  readonly target: string;
  readonly isGlobal: boolean;
}

const globalUnit = (target: string): PlatformUnit => ({ name: `deis-${target}.service`, target, isGlobal: true });
const singleUnit = (target: string): PlatformUnit => ({ name: `deis-${target}.service`, target, isGlobal: false });

/** Six globals, six singles and the routers: on five nodes with five routers 41 rows, all `active running`. */
export function platformUnits(routerMeshSize: number): PlatformUnit[] {
  return [
    ...['store-daemon', 'store-monitor', 'store-metadata', 'store-volume'].map(globalUnit),
    singleUnit('store-gateway@1'),
    singleUnit('logger'),
    globalUnit('logspout'),
    ...['database', 'registry@1', 'controller', 'builder'].map(singleUnit),
    globalUnit('publisher'),
    ...Array.from({ length: routerMeshSize }, (_, i) => singleUnit(`router@${i + 1}`)),
  ];
}

/** Whatever of Deis is in fleet: also what another version or another size of the router mesh left there. */
export const isPlatformUnit = (name: string): boolean => name.startsWith('deis-');
