import * as v from 'valibot';
import type { HostInside } from '../host/inside';
import { CephStore } from './cephStore';

const userSchema = v.object({
  id: v.number(),
  username: v.string(),
  password: v.string(),
  email: v.string(),
  first_name: v.string(),
  last_name: v.string(),
  is_superuser: v.boolean(),
  token: v.string(),
  joined: v.string(),
});
const usersSchema = v.array(userSchema);

export type User = v.InferOutput<typeof userSchema>;

/** The users table of the controller's database. */
export class ControllerUsers {
  readonly #store: CephStore;

  constructor(inside: HostInside) {
    this.#store = new CephStore(inside);
  }

  get isAvailable(): boolean {
    return this.#store.isAvailable;
  }

  get all(): readonly User[] {
    return v.parse(usersSchema, this.#store.read('database') ?? []);
  }

  byToken(header: string | undefined): User | undefined {
    const token = /^token ([0-9a-f]+)$/.exec(header ?? '')?.[1];
    return token === undefined ? undefined : this.all.find((user) => user.token === token);
  }

  /** The first one becomes the administrator. */
  add(user: Omit<User, 'id' | 'is_superuser'>): User {
    const { all } = this;
    const made: User = { ...user, id: all.length + 2, is_superuser: !all.some((known) => known.is_superuser) };
    this.#store.write('database', [...all, made]);
    return made;
  }

  change(username: string, changes: Partial<User>): void {
    this.#store.write(
      'database',
      this.all.map((user) => (user.username === username ? { ...user, ...changes } : user)),
    );
  }

  remove(username: string): void {
    this.#store.write(
      'database',
      this.all.filter((user) => user.username !== username),
    );
  }
}
