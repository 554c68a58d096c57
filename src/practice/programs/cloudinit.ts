import type { ProgramContext } from './program';
import { parseCloudConfig } from '../host/boot/cloudConfig';
import { resolvePath } from '../host/files/path';
import { program } from './program';
import { wallClock } from './time/wallClock';

async function cloudinit(context: ProgramContext): Promise<number> {
  const value = (name: string): string | undefined => {
    const index = context.args.findIndex((arg) => arg.replace(/^--?/, '').replace(/=.*/, '') === name);
    return index === -1 ? undefined : (/=(.*)/s.exec(context.args[index] ?? '')?.[1] ?? context.args[index + 1]);
  };
  const file = value('from-file');
  if (file === undefined) {
    context.stderr(
      'Provide at least one of --from-file, --from-configdrive, --from-metadata-service, --from-ec2-metadata, --from-cloudsigma-metadata, --from-packet-metadata, --from-digitalocean-metadata, --from-waagent, --from-url or --from-proc-cmdline\n',
    );
    return 2;
  }
  const path = resolvePath(context.workingDirectory, file);
  if (!(await context.host.files.exists(path))) {
    context.stdout(`Failed fetching user-data from datasource: open ${file}: no such file or directory\n`);
    return 1;
  }
  const text = await context.host.files.readFile(path);
  const time = new Date(wallClock(context)).toISOString().replace('T', ' ').slice(0, 19).replaceAll('-', '/');
  context.stderr(
    `${time} Checking availability of "local-file"\n${time} Fetching user-data from datasource of type "local-file"\n`,
  );
  if (!text.startsWith('#cloud-config') && !text.startsWith('#!') && !text.startsWith('{')) {
    context.stdout(`line 1: error: must be "#cloud-config" or begin with "#!"\n`);
    return 1;
  }
  try {
    parseCloudConfig(text);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = /line (\d+)/.exec(message)?.[1] ?? '1';
    context.stdout(`line ${line}: error: ${message.replace(/^yaml: /, '').replace(/^line \d+: /, '')}\n`);
    return 1;
  }
}

export const cloudinitPrograms = [program('coreos-cloudinit', cloudinit)];
