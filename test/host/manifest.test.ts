import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate } from './deis';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly configuration: { properties: Record<string, { markdownDescription?: string; scope?: string }> };
    readonly menus: Record<string, readonly { command: string }[]>;
  };
}

const TITLES = {
  'deis.cluster.create': 'Create Cheap Cluster',
  'deis.cluster.resume': 'Resume Setup',
  'deis.cluster.destroy': 'Destroy Cluster',
  'deis.node.powerOff': 'Power off node',
  'deis.node.powerOn': 'Power on node',
  'deis.node.reboot': 'Reboot node',
  'deis.node.openTerminal': 'Open SSH Terminal',
  'deis.swap.register': 'Register swapon.service',
  'deis.platform.configure': 'Configure Platform',
  'deis.platform.install': 'Install Platform',
  'deis.platform.start': 'Start Platform',
  'deis.platform.stop': 'Stop Platform',
  'deis.platform.uninstall': 'Uninstall Platform',
  'deis.token.set': 'Set DigitalOcean Token',
  'deis.token.clear': 'Clear DigitalOcean Token',
  'deis.practice.break': 'Break Something…',
  'deis.practice.repair': 'Repair…',
  'deis.refresh': 'Refresh',
  'deis.log.show': 'Show Log',
};

describe('What package.json promises', () => {
  let manifest: Manifest;
  before(async () => {
    await activate();
    manifest = vscode.extensions.getExtension('deis-cheap-cluster.deis-cheap-cluster')?.packageJSON as Manifest;
  });

  it('is a command for each title, in the category Deis, or Practice for what only the practice cloud can', async () => {
    const { commands } = manifest.contributes;
    const registered = new Set(await vscode.commands.getCommands(true));

    for (const [id, title] of Object.entries(TITLES)) {
      assert.equal(commands.find(({ command }) => command === id)?.title, title);
    }
    assert.deepEqual(
      commands.filter(({ command }) => !registered.has(command)),
      [],
    );
    for (const { command, category } of commands) {
      assert.equal(category, command.startsWith('deis.practice.') ? 'Practice' : 'Deis');
    }
  });

  it('is no command without a title, and no menu without a command', async () => {
    const known = new Set(manifest.contributes.commands.map(({ command }) => command));
    const ours = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('deis.'));
    const viewCommands = 'deis.clusters.'; // VS Code makes these of the view's id.

    assert.deepEqual(
      ours.filter((id) => !known.has(id) && !id.startsWith(viewCommands)),
      [],
    );
    const items = Object.values(manifest.contributes.menus).flat();
    assert.deepEqual(
      items.filter(({ command }) => !known.has(command)),
      [],
    );
  });

  it('keeps where a token is sent out of the reach of a folder', () => {
    const { properties } = manifest.contributes.configuration;
    const reaching = ['digitalOcean.apiUrl', 'bootstrap.discoveryUrl', 'deisctl.installerUrl'];

    for (const key of reaching) assert.equal(properties[`deis.${key}`]?.scope, 'machine', key);
    for (const [key, setting] of Object.entries(properties)) assert.ok(setting.markdownDescription, key);
  });

  it('is an API of version 1 whose snapshot nobody can damage', async () => {
    const api = await activate();

    assert.equal(api.apiVersion, 1);
    assert.deepEqual(Object.keys(api).sort(), ['apiVersion', 'onDidChange', 'snapshot']);
    api.snapshot().push({} as never);
    assert.deepEqual(api.snapshot(), []);
  });
});
