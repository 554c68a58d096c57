import * as vscode from 'vscode';
import type { EngineSettings } from '../core/engine';
import type { Bootstrap } from '../core/model/cluster';
import type { ImageRef } from '../core/model/cloud';

/** Every setting and its type; defaults and limits stand in package.json alone. */
interface Settings {
  'digitalOcean.apiUrl': string;
  'bootstrap.discoveryUrl': string;
  'bootstrap.method': Bootstrap;
  'deisctl.installerUrl': string;
  'deisctl.release': string;
  'practice.speed': number | string;
  'practice.catalogue': EngineSettings['practiceCatalogue'];
  image: ImageRef;
  prefix: string;
  swapSizeMb: number;
  routerMeshSize: number;
}

export function readSetting<K extends keyof Settings>(key: K): Settings[K] {
  const value = vscode.workspace.getConfiguration('deis').get<Settings[K]>(key);
  if (value === undefined) {
    throw new Error(`deis.${key} is missing from package.json`);
  }
  return value;
}

export function readEngineSettings(): EngineSettings {
  const speed = readSetting('practice.speed');
  return {
    apiUrl: readSetting('digitalOcean.apiUrl'),
    discoveryUrl: readSetting('bootstrap.discoveryUrl'),
    installerUrl: readSetting('deisctl.installerUrl'),
    // A number written as a string in settings.json is meant as a number.
    practiceSpeed: speed === 'max' ? 'max' : Number(speed) || 60,
    practiceCatalogue: readSetting('practice.catalogue'),
  };
}
