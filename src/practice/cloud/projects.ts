import type { Random } from '../kernel';
import type { AccountRecord, ProjectRecord } from './records';
import { notFound, Refusal, unprocessable } from './refusal';
import type { CloudStore } from './store';

export type ProjectWords = Pick<ProjectRecord, 'name' | 'description' | 'purpose' | 'environment'>;

/** The purposes that the control panel offers; any other is kept with this prefix (digitalocean/openapi, project.yml). */
const PURPOSES = [
  ...['Just trying out DigitalOcean', 'Class project / Educational purposes', 'Website or blog', 'Web Application'],
  ...[
    'Service or API',
    'Mobile Application',
    'Machine learning / AI / Data processing',
    'IoT',
    'Operational / Developer tooling',
  ],
];
const OTHER = 'Other: ';
const ENVIRONMENTS = ['', 'Development', 'Staging', 'Production'];
const MOST = { name: 175, description: 255, purpose: 255 };
/** Long before anything that the model does. */
const BEGINNING = Date.UTC(2016, 0, 1);

/** Projects group what an account has. Everything that nobody has put elsewhere belongs to the default one. */
export class Projects {
  constructor(
    private readonly store: CloudStore,
    private readonly random: Random,
  ) {}

  /** The first is the one that every account is made with. */
  list(account: AccountRecord): ProjectRecord[] {
    const known = this.store.data.projects.filter((project) => project.account === account.uuid);
    return known.length > 0 ? known : [this.#makeFirst(account)];
  }

  get(account: AccountRecord, id: string): ProjectRecord {
    const all = this.list(account);
    const project = all.find((one) => (id === 'default' ? one.isDefault : one.id === id));
    if (project === undefined) throw notFound();
    return project;
  }

  create(account: AccountRecord, words: ProjectWords, now: number): ProjectRecord {
    const all = this.list(account);
    const project: ProjectRecord = {
      ...{ id: this.random.uuid(), account: account.uuid, ...this.#checked(all, words), isDefault: false },
      ...{ createdAt: now, updatedAt: now, assigned: {} },
    };
    this.store.data.projects.push(project);
    this.store.changed();
    return project;
  }

  update(account: AccountRecord, id: string, change: Partial<ProjectWords> & { isDefault?: boolean }, now: number) {
    const project = this.get(account, id);
    const others = this.list(account).filter((one) => one !== project);
    const { isDefault, ...words } = change;
    Object.assign(project, this.#checked(others, { ...project, ...words }), { updatedAt: now });
    if (isDefault === true) for (const one of [project, ...others]) one.isDefault = one === project;
    this.store.changed();
    return project;
  }

  delete(account: AccountRecord, id: string, resources: readonly string[]): void {
    const project = this.get(account, id);
    if (project.isDefault) throw forbiddenDefault();
    if (this.assigned(account, project, resources).length > 0) {
      throw new Refusal(
        412,
        'precondition_failed',
        'cannot delete a project with resources. move or remove the resources first.',
      );
    }
    this.store.data.projects = this.store.data.projects.filter((other) => other !== project);
    this.store.changed();
  }

  /** Which of the account's resources belong to the project, and since when that was said; undefined: from the beginning. */
  assigned(
    account: AccountRecord,
    project: ProjectRecord,
    resources: readonly string[],
  ): [string, number | undefined][] {
    const all = this.list(account);
    const elsewhere = (urn: string): boolean => all.some((one) => one !== project && urn in one.assigned);
    return resources
      .filter((urn) => urn in project.assigned || (project.isDefault && !elsewhere(urn)))
      .map((urn) => [urn, project.assigned[urn]]);
  }

  /** The project that a resource is in. */
  of(account: AccountRecord, urn: string): ProjectRecord {
    const all = this.list(account);
    return all.find((one) => urn in one.assigned) ?? this.get(account, 'default');
  }

  assign(account: AccountRecord, id: string, urns: readonly string[], now: number): void {
    const project = this.get(account, id);
    for (const one of this.list(account)) {
      one.assigned = Object.fromEntries(Object.entries(one.assigned).filter(([urn]) => !urns.includes(urn)));
    }
    project.assigned = { ...project.assigned, ...Object.fromEntries(urns.map((urn) => [urn, now])) };
    this.store.changed();
  }

  #checked(others: readonly ProjectRecord[], words: ProjectWords): ProjectWords {
    const { name, description, purpose, environment } = words;
    if (name.trim() === '') throw unprocessable('name is required');
    if (purpose.trim() === '') throw unprocessable('purpose is required');
    for (const key of ['name', 'description', 'purpose'] as const) {
      if (words[key].length > MOST[key]) throw unprocessable(`${key} is too long (maximum is ${MOST[key]} characters)`);
    }
    const known = ENVIRONMENTS.find((one) => one.toLowerCase() === environment.toLowerCase());
    if (known === undefined) throw unprocessable('environment must be one of Development, Staging, Production');
    if (others.some((other) => other.name === name)) throw new Refusal(409, 'conflict', 'name is already in use');
    const isKnown = PURPOSES.includes(purpose) || purpose.startsWith(OTHER);
    return { name, description, purpose: isKnown ? purpose : `${OTHER}${purpose}`, environment: known };
  }

  #makeFirst({ uuid, name }: AccountRecord): ProjectRecord {
    const id = `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-4${uuid.slice(13, 16)}-a${uuid.slice(17, 20)}-${uuid.slice(20, 32)}`;
    const project: ProjectRecord = {
      ...{ id, account: uuid, name, description: '', purpose: 'Just trying out DigitalOcean', environment: '' },
      ...{ isDefault: true, createdAt: BEGINNING, updatedAt: BEGINNING, assigned: {} },
    };
    this.store.data.projects.push(project);
    return project;
  }
}

function forbiddenDefault(): Refusal {
  return new Refusal(412, 'precondition_failed', 'cannot delete the default project');
}
