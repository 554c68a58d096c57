import * as vscode from 'vscode';
import type { Services } from '../../services';
import { reportError } from '../notify';
import { readCall, type Call } from '../target';
import { clearToken } from './clearToken';
import type { Command } from './command';
import { breakSomething } from './breakSomething';
import { createCluster } from './createCluster';
import { destroyCluster } from './destroyCluster';
import { openTerminal } from './openTerminal';
import { platformCommand } from './platform';
import { powerCommand } from './power';
import { refresh } from './refresh';
import { registerSwap } from './registerSwap';
import { repair } from './repair';
import { resumeSetup } from './resumeSetup';
import { setToken } from './setToken';
import { showLog } from './showLog';

/** Every command of package.json, and what it does. */
export const commands: Readonly<Record<string, Command>> = {
  'deis.cluster.create': createCluster,
  'deis.cluster.resume': resumeSetup,
  'deis.cluster.destroy': destroyCluster,
  'deis.node.powerOff': powerCommand('power_off'),
  'deis.node.powerOn': powerCommand('power_on'),
  'deis.node.reboot': powerCommand('reboot'),
  'deis.node.openTerminal': openTerminal,
  'deis.swap.register': registerSwap,
  'deis.platform.configure': platformCommand('configure'),
  'deis.platform.install': platformCommand('install'),
  'deis.platform.start': platformCommand('start'),
  'deis.platform.stop': platformCommand('stop'),
  'deis.platform.uninstall': platformCommand('uninstall'),
  'deis.token.set': setToken,
  'deis.token.clear': clearToken,
  'deis.practice.break': breakSomething,
  'deis.practice.repair': repair,
  'deis.refresh': refresh,
  'deis.log.show': showLog,
};

/** The only place that calls registerCommand, and the only error boundary. */
export function registerCommands(services: Services): vscode.Disposable {
  const register = ([id, run]: [string, Command]): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (argument: unknown) => await runCommand(services, run, argument));
  return vscode.Disposable.from(...Object.entries(commands).map(register));
}

/** A person gets a message with a remedy; a program gets the rejection. */
async function runCommand(services: Services, run: Command, argument: unknown): Promise<unknown> {
  let call: Call | undefined;
  try {
    call = readCall(argument);
    return await run(services, call);
  } catch (error) {
    if (call?.by !== 'hand') {
      services.log.error('A command called by a program failed', error);
      throw error;
    }
    void reportError(error, services.log, call.target);
    return undefined;
  }
}
