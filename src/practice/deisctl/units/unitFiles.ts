import { COMPONENTS } from '../components';
import { platformUnits } from './platform';
import { storeUnits } from './store';

/** Which role of a node a component wants when placement options are on (Deis, deisctl/units/decorators). */
const ROLES: Readonly<Record<string, string>> = {
  ...{ builder: 'controlPlane', controller: 'controlPlane', database: 'controlPlane', logger: 'controlPlane' },
  ...{ registry: 'controlPlane', 'store-daemon': 'controlPlane', 'store-gateway': 'controlPlane' },
  ...{ 'store-metadata': 'controlPlane', 'store-monitor': 'controlPlane', 'store-admin': 'controlPlane' },
  ...{ publisher: 'dataPlane', router: 'routerMesh' },
};

/** The platform's unit files by name, and below `decorators/` what is added to them when placement options are on. */
export function unitFiles(): ReadonlyMap<string, string> {
  const units = { ...storeUnits, ...platformUnits };
  const files = new Map<string, string>();
  for (const component of COMPONENTS) {
    files.set(`deis-${component}.service`, units[component] ?? '');
    const role = ROLES[component];
    if (role !== undefined) {
      files.set(`decorators/deis-${component}.service.decorator`, `\n[X-Fleet]\nMachineMetadata="${role}=true"\n`);
    }
  }
  return files;
}
