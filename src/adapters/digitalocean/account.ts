import { ClusterError } from '../../core/errors';
import type { CloudApi } from '../../core/ports';
import { callUnlessMissing, type Access } from './call';
import { AccountReply } from './replies';

export function account(access: Access): Pick<CloudApi, 'getAccount'> {
  return {
    async getAccount(signal) {
      const reply = await callUnlessMissing(access, {
        what: 'reading the account',
        request: (library) => library.account.getUserInformation(),
        signal,
      });
      if (reply === undefined) {
        // Seen instead of 401 for a token that does not exist (DigitalOcean's documentation, "Example usage").
        const message = 'DigitalOcean knows no account for this token.';
        throw new ClusterError(message, { code: 'tokenRejected', remedy: 'setToken' });
      }
      return reply.parse(AccountReply);
    },
  };
}
