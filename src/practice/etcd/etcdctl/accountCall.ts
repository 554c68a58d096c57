import { isRoot } from '../auth/access';
import type { Member } from '../member';
import type { EtcdctlCall } from './call';

/** Does it, and answers what to print. @throws AccountError, EtcdError, Refused */
export type AccountCommand = (call: EtcdctlCall, member: Member) => Promise<string>;

/** What the program itself has to say against it. */
export class Refused extends Error {}

/** @throws Refused */
export function takeNothing({ args }: EtcdctlCall): void {
  if (args.length > 0) throw new Refused('No arguments accepted');
}

/** What the server looks at before anything about users and roles. @throws Refused */
export function askAsRoot(call: EtcdctlCall, member: Member, path: string): void {
  if (!isRoot(member, call.credentials, `/v2/auth/${path}`)) {
    throw new Refused(path === 'roles' ? 'unexpected status code 401' : 'Insufficient credentials');
  }
}
