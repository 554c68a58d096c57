import { Attachments } from './api/control/attachments';
import { createControlHandler } from './api/control/handler';
import { logRequests } from './api/requestLog';
import { PracticeServer } from './api/server';
import { createV2Handler } from './api/v2/handler';
import { hashToken } from './cloud/accounts';
import type { Cloud } from './cloud/cloud';
import type { PracticeOptions } from './commandLine';
import { layFoundation, type Foundation } from './foundation';
import { createModel, type Model } from './model';

export interface PracticeCloud {
  /** `http://127.0.0.1:8400`. */
  readonly origin: string;
  readonly notice: string | undefined;
  readonly attachments: Attachments;
  dispose(): Promise<void>;
}

/** Builds the whole from its parts, listens, and carries on with whatever the state file says was under way. */
export async function startPracticeCloud(
  options: PracticeOptions & { readonly stateFolder: string },
  report: (error: unknown) => void,
): Promise<PracticeCloud> {
  const foundation = layFoundation(options);
  const { state, ports } = foundation;
  const model = createModel(foundation, options);
  setUpAccounts(model.cloud, options);
  const attachments = new Attachments();
  const server = createServer({ foundation, model, attachments, options }, report);
  ports.use(await listen(server, options.port, ports.last));
  model.cloud.firewalls.resume();
  model.cloud.lifecycle.resume();
  model.cloud.imageActions.resume();
  const endBackups = model.cloud.backups.start();
  await state.saved();
  return {
    ...{ origin: ports.origin, notice: state.notice, attachments },
    async dispose() {
      attachments.dispose();
      endBackups();
      await foundation.dispose(); // from here on nothing happens any more
      await server.close();
      model.dispose();
      await state.dispose();
    },
  };
}

function createServer(
  parts: { foundation: Foundation; model: Model; attachments: Attachments; options: PracticeOptions },
  report: (error: unknown) => void,
): PracticeServer {
  const { foundation, model, attachments, options } = parts;
  const mainToken = hashToken(options.token);
  const control = createControlHandler(
    {
      ...{ ...foundation, ...model, attachments, fleetVersion: options.fleetVersion, notice: foundation.state.notice },
      origin: () => foundation.ports.origin,
      portsOf: (id, wanted) => model.gates.portsOf(id, wanted),
      isMainToken: (token) => hashToken(token) === mainToken,
    },
    report,
  );
  const watch = options.isVerbose ? logRequests((line) => process.stderr.write(`${line}\n`)) : () => undefined;
  return new PracticeServer({ ...foundation, ...model, v2: createV2Handler(model.cloud, report), control, watch });
}

/** The port asked for, else the one of the last time, else any. */
async function listen(server: PracticeServer, asked: number, last: number): Promise<number> {
  if (asked !== 0) return await server.listen(asked);
  try {
    return await server.listen(last);
  } catch (error) {
    if (last === 0) throw error;
    return await server.listen(0);
  }
}

/** The given token's account, which may also be read only, and another account beside it. */
function setUpAccounts(cloud: Cloud, { token, accounts }: PracticeOptions): void {
  cloud.accounts.put({
    name: 'Practice',
    tokens: [
      { token, scopes: ['*'] },
      { token: `${token}-read`, scopes: ['read'] },
    ],
  });
  cloud.accounts.put({ name: 'Second', tokens: [{ token: `${token}-second`, scopes: ['*'] }] });
  for (const account of accounts) cloud.accounts.put(account);
}
