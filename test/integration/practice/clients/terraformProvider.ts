import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunResult } from '../support';
import { ONLY_LOOPBACK, PATH_FOLDERS, run, skipWithout, withoutVariables } from './programs';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'terraform-provider-digitalocean';

/** Terraform in a folder, cut off from the real API and from what this machine's user has set for other work. */
export class Terraform {
  #found: Environment = {};

  constructor(private readonly folder: string) {}

  async run(args: readonly string[], environment: Environment = {}): Promise<RunResult> {
    return await this.#run(args, { ...ONLY_LOOPBACK, ...environment });
  }

  /**
   * A reason to skip, or false when the plan in the folder can be carried out. The provider comes from wherever this machine's
   * Terraform is told to take it (a mirror, a folder, the registry: `init` knows them; or an override, which needs no `init`),
   * or from the PATH.
   */
  async skipWithoutProvider(): Promise<string | false> {
    const without = skipWithout('terraform');
    if (without !== false) return without;
    const once = { TF_REGISTRY_CLIENT_TIMEOUT: '5', TF_REGISTRY_DISCOVERY_RETRY: '0' };
    const init = await this.#run(['init', '-input=false'], once);
    if (init.code === 0 || (await this.#isReady({}))) return false;
    for (const TF_CLI_CONFIG_FILE of this.#overrides()) {
      if (await this.#isReady({ TF_CLI_CONFIG_FILE })) return false;
    }
    const reason = /Error: (.+)/.exec(init.stdout + init.stderr)?.[1] ?? `terraform init ended with ${init.code}`;
    return `terraform is here, but not its DigitalOcean provider: ${reason}`;
  }

  /** Only with its provider can Terraform tell whether a plan is valid. */
  async #isReady(environment: Environment): Promise<boolean> {
    const { code } = await this.#run(['validate'], environment);
    if (code === 0) this.#found = environment;
    return code === 0;
  }

  #overrides(): string[] {
    const folders = PATH_FOLDERS.filter((folder) => filesOf(folder).some((file) => file.startsWith(NAME)));
    return folders.map((folder, index) => {
      const file = path.join(this.folder, `override-${index}.tfrc`);
      const override = `dev_overrides {\n    "digitalocean/digitalocean" = ${JSON.stringify(folder)}\n  }`;
      writeFileSync(file, `provider_installation {\n  ${override}\n  direct {}\n}\n`);
      return file;
    });
  }

  #run(args: readonly string[], environment: Environment): Promise<RunResult> {
    return run('terraform', args, {
      workingDirectory: this.folder,
      environment: {
        ...withoutVariables(/^(TF_(?!CLI_CONFIG_FILE$|REATTACH_PROVIDERS$|PLUGIN_CACHE_DIR$)|DIGITALOCEAN_|SPACES_)/),
        ...{ TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1', TF_CLI_ARGS: '-no-color' },
        ...{ ...this.#found, ...environment },
      },
    });
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // A folder on the PATH need not be there.
  }
}
