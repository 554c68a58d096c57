import { json } from '../compare';
import type { Scenario } from '../stage';

/**
 * The recorder's discovery service was an etcd of its own with the token below `/discovery`; the cloud's has CoreOS's address, where
 * the token is the whole path, and keeps it below `/_etcd/registry`. etcd's answer is the same.
 */
export const scenario: Scenario = {
  async run(stage) {
    const { practice, discoveryToken } = stage.lab;
    const ask = async (file: string, path: string): Promise<void> => {
      const { text } = await practice.call('GET', path);
      stage.compare(
        file,
        { stdout: text, stderr: '', exit: 0 },
        json({
          chance: [
            [/\/(?:_etcd\/registry|discovery)\//g, '/'],
            [/nosuchtoken|\b0{32}\b/g, '‹no token›'],
          ],
        }),
      );
    };
    await ask('token-after-5-registered.json', `/${discoveryToken}?recursive=true`);
    await ask('size.json', `/${discoveryToken}/_config/size`);
    await ask('missing-token.json', `/${'0'.repeat(32)}`);
  },
};
