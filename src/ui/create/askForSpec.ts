import * as vscode from 'vscode';
import { ClusterError } from '../../core/errors';
import type { ClusterSpec, ProviderName } from '../../core/model/cluster';
import type { Choices, Operator, OwnKey } from '../../core/operator';
import { defaultSpec } from './defaults';
import { instanceItems, providerItems, regionItems, sizeItems } from './items';
import { askForKey } from './askForKey';
import { askForDomain } from './askForDomain';
import { pick, runSteps, type Outcome, type Place } from './wizard';

export interface Answers {
  readonly spec: ClusterSpec;
  readonly ownKey?: OwnKey;
}

interface State {
  readonly spec: ClusterSpec;
  readonly choices?: Choices;
  readonly domain?: string | undefined;
  readonly ownKey?: OwnKey | undefined;
}

const TOTAL = 6;

/** Six questions at most, each with the guide's answer preselected: six times Enter is the guide. */
export async function askForSpec(operator: Operator): Promise<Answers | undefined> {
  const start: State = { spec: { provider: 'practice', ...defaultSpec(operator.snapshots()) } };
  const title = `Create Cheap Cluster "${start.spec.prefix}"`;
  const at = (step: number): Place => ({ title, step, totalSteps: TOTAL });
  const state = await runSteps<State>(start, [
    async (before) => await askForProvider(operator, before, at(1)),
    async (before) => await askForRegion(before, at(2)),
    async (before) => await askForSize(before, at(3)),
    async (before) => await askForInstances(before, at(4)),
    async (before) => withAnswer(before, await askForDomain(before.domain, at(5)), (domain) => ({ domain })),
    async (before) => withAnswer(before, await askForKey(at(6)), (ownKey) => ({ ownKey })),
  ]);
  if (state === undefined) {
    return undefined;
  }
  const { spec, domain, ownKey } = state;
  return {
    spec: { ...spec, ...(domain === undefined ? {} : { domain }) },
    ...(ownKey === undefined ? {} : { ownKey }),
  };
}

/** The state with what an answer says; going back and closing pass through. */
function withAnswer<T>(state: State, outcome: Outcome<T>, change: (value: T) => Partial<State>): Outcome<State> {
  return typeof outcome === 'object' ? { value: { ...state, ...change(outcome.value) } } : outcome;
}

async function askForProvider(operator: Operator, state: State, place: Place): Promise<Outcome<State>> {
  const outcome = await pick<ProviderName>({
    ...place,
    placeholder: 'Where shall the droplets come from?',
    items: providerItems(),
    active: (provider) => provider === state.spec.provider,
  });
  if (typeof outcome !== 'object') {
    return outcome;
  }
  const provider = outcome.value;
  const choices = await findChoices(operator, provider);
  return choices && { value: { ...state, choices, spec: { ...state.spec, provider } } };
}

/** Asks the account what it offers; a missing token is asked for on the spot. Undefined when the user gave none. */
async function findChoices(operator: Operator, provider: ProviderName): Promise<Choices | undefined> {
  const title = 'Asking what is on offer…';
  const read = async (): Promise<Choices> =>
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      operator.choices(provider),
    );
  try {
    return await read();
  } catch (error) {
    if (!ClusterError.is(error, 'tokenMissing')) {
      throw error;
    }
  }
  await vscode.commands.executeCommand('deis.token.set');
  try {
    return await read();
  } catch (error) {
    if (ClusterError.is(error, 'tokenMissing')) {
      return undefined; // The box for the token was closed.
    }
    throw error;
  }
}

async function askForRegion(state: State, place: Place): Promise<Outcome<State>> {
  const outcome = await pick<string>({
    ...place,
    placeholder: 'In which region? All nodes share its private network.',
    items: regionItems(state.choices),
    active: (slug) => slug === state.spec.regionSlug,
  });
  return withAnswer(state, outcome, (regionSlug) => ({ spec: { ...state.spec, regionSlug } }));
}

async function askForSize(state: State, place: Place): Promise<Outcome<State>> {
  const { items, preferred } = sizeItems(state.choices, state.spec);
  const outcome = await pick<string>({
    ...place,
    placeholder: 'How large is each node?',
    items,
    active: (slug) => slug === preferred,
  });
  return withAnswer(state, outcome, (sizeSlug) => ({ spec: { ...state.spec, sizeSlug } }));
}

async function askForInstances(state: State, place: Place): Promise<Outcome<State>> {
  const outcome = await pick<number>({
    ...place,
    placeholder: 'How many nodes?',
    items: instanceItems(state.choices, state.spec),
    active: (instances) => instances === state.spec.instances,
  });
  return withAnswer(state, outcome, (instances) => ({ spec: { ...state.spec, instances } }));
}
