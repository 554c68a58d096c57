import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { ContainerContext } from './context';
import type { User } from './controllerUsers';
import { ControllerUsers } from './controllerUsers';
import { readBody, send, sendJson } from './http';

/** The REST API as far as it is about who may use the platform (facts/deis-controller.md §1, §2). */
const HEADERS = { DEIS_API_VERSION: '1.7', DEIS_PLATFORM_VERSION: '1.13.1' };

const registration = v.object({
  username: v.pipe(v.string(), v.nonEmpty()),
  password: v.pipe(v.string(), v.nonEmpty()),
  email: v.pipe(v.string(), v.nonEmpty()),
  first_name: v.optional(v.string(), ''),
  last_name: v.optional(v.string(), ''),
});
const credentials = v.object({ username: v.string(), password: v.string() });
const passwords = v.object({ password: v.string(), new_password: v.string(), username: v.optional(v.string()) });

interface Call {
  readonly context: ContainerContext;
  readonly users: ControllerUsers;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly user: User | undefined;
}

type Route = (call: Call) => void | Promise<void>;

const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['POST', /^\/v1\/auth\/register\/?$/, register],
  ['POST', /^\/v1\/auth\/login\/?$/, login],
  ['POST', /^\/v1\/auth\/passwd\/?$/, withUser(changePassword)],
  ['DELETE', /^\/v1\/auth\/cancel\/?$/, withUser(cancelAccount)],
  ['GET', /^\/v1\/users\/?$/, withUser(listUsers)],
  ['GET', /^\/v1\/(?:apps|keys|certs)\/?$/, withUser(({ response }) => reply(response, 200, page([])))],
];

export function controllerHandler(
  context: ContainerContext,
): (request: IncomingMessage, response: ServerResponse) => void {
  const users = new ControllerUsers(context.inside);
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (/^\/healthz?\/?$/.test(path)) {
      send(response, 200, 'OK');
      return;
    }
    if (context.etcd.peek('/deis/database/host') === undefined || !users.isAvailable) {
      send(response, 500, '<h1>Server Error (500)</h1>', HEADERS);
      return;
    }
    const user = users.byToken(request.headers.authorization);
    const found = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (found === undefined) {
      answerUnknown(path, user, response);
      return;
    }
    const call: Call = { context, users, request, response, user };
    Promise.resolve(found[2](call)).catch(() => send(response, 500, '<h1>Server Error (500)</h1>', HEADERS));
  };
}

function answerUnknown(path: string, user: User | undefined, response: ServerResponse): void {
  if (path.startsWith('/v1') && user === undefined) {
    reply(response, 401, { detail: 'Authentication credentials were not provided.' });
  } else {
    send(
      response,
      path === '/v1/' || path === '/v1' ? 200 : 404,
      path === '/v1/' ? '{}' : '<h1>Not Found</h1>',
      HEADERS,
    );
  }
}

const reply = (response: ServerResponse, status: number, body?: unknown): void =>
  sendJson(response, status, body, HEADERS);

const page = (results: readonly unknown[]): object => ({ count: results.length, next: null, previous: null, results });

function withUser(route: (call: Call & { readonly user: User }) => void | Promise<void>): Route {
  return (call) => {
    const { user } = call;
    if (user === undefined) {
      reply(call.response, 401, { detail: 'Authentication credentials were not provided.' });
      return;
    }
    return route({ ...call, user });
  };
}

/** `enabled`, `admin_only`, `disabled`: disabled for everybody, even for the first (facts/deis-controller.md §2). */
async function register(call: Call): Promise<void> {
  const { context, users, response, user } = call;
  const mode = context.etcd.peek('/deis/controller/registrationMode') ?? 'enabled';
  if (mode === 'disabled') {
    reply(response, 403, { detail: 'Registration is disabled' });
    return;
  }
  if (mode === 'admin_only' && user?.is_superuser !== true) {
    reply(response, 403, { detail: 'You do not have permission to perform this action.' });
    return;
  }
  if (mode !== 'enabled' && mode !== 'admin_only') {
    send(response, 500, '<h1>Server Error (500)</h1>', HEADERS);
    return;
  }
  const wanted = v.safeParse(registration, await bodyOf(call));
  if (!wanted.success) {
    const missing = ['username', 'password', 'email'].filter((field) =>
      wanted.issues.some((issue) => v.getDotPath(issue) === field),
    );
    reply(response, 400, Object.fromEntries(missing.map((field) => [field, ['This field is required.']])));
    return;
  }
  if (users.all.some(({ username }) => username === wanted.output.username)) {
    reply(response, 400, { username: ['This field must be unique.'] });
    return;
  }
  const { password, ...rest } = wanted.output;
  const joined = new Date(context.kernel.timeline.now()).toISOString();
  const made = users.add({ ...rest, password: digest(password), token: context.kernel.random.hex(40), joined });
  reply(response, 201, publicView(made));
}

async function login(call: Call): Promise<void> {
  const wanted = v.safeParse(credentials, await bodyOf(call));
  const user = wanted.success
    ? call.users.all.find(
        ({ username, password }) => username === wanted.output.username && password === digest(wanted.output.password),
      )
    : undefined;
  if (user === undefined) {
    reply(call.response, 400, { non_field_errors: ['Unable to login with provided credentials.'] });
  } else {
    reply(call.response, 200, { token: user.token });
  }
}

async function changePassword(call: Call & { readonly user: User }): Promise<void> {
  const wanted = v.safeParse(passwords, await bodyOf(call));
  if (!wanted.success || digest(wanted.output.password) !== call.user.password) {
    reply(call.response, 400, { detail: 'Current password does not match' });
    return;
  }
  call.users.change(wanted.output.username ?? call.user.username, { password: digest(wanted.output.new_password) });
  reply(call.response, 200, { status: 'password set' });
}

function cancelAccount({ users, user, response }: Call & { readonly user: User }): void {
  users.remove(user.username);
  send(response, 204, '', HEADERS);
}

function listUsers({ users, user, response }: Call & { readonly user: User }): void {
  if (user.is_superuser) {
    reply(response, 200, page(users.all.map(publicView)));
  } else {
    reply(response, 403, { detail: 'You do not have permission to perform this action.' });
  }
}

const publicView = ({ id, username, email, first_name, last_name, is_superuser, joined }: User): object => ({
  id,
  last_login: joined,
  is_superuser,
  username,
  first_name,
  last_name,
  email,
  is_staff: is_superuser,
  is_active: true,
  date_joined: joined,
  groups: [],
  user_permissions: [],
});

async function bodyOf({ request }: Call): Promise<unknown> {
  const text = await readBody(request);
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

const digest = (password: string): string => createHash('sha256').update(password).digest('hex');
