import type { Services } from '../../services';
import type { Call } from '../target';

/** Settle the target, confirm, show progress, call the operator. What it resolves to is what a calling program gets. */
export type Command = (services: Services, call: Call) => Promise<unknown>;
