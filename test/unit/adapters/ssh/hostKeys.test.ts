import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { pinnedKeys, strict } from '../../../../src/adapters/ssh/hostKeys';
import { ClusterError } from '../../../../src/core/errors';
import { endpointOf, gatewayTo, makeKey, startSshd, type Behaviour, type KeyPair } from './labSshd';

const [hostKey, otherHostKey, userKey, otherUserKey] = [makeKey(), makeKey(), makeKey(), makeKey()];
const rsaHostKey = makeKey('rsa');

async function connectTo(
  behaviour: Partial<Behaviour>,
  trusted: readonly KeyPair[],
  user = userKey,
  passphrase?: string,
): Promise<string> {
  const sshd = await startSshd({ hostKeys: [hostKey], userKey, ...behaviour });
  const gateway = gatewayTo(sshd.port);
  try {
    const endpoint = endpointOf(trusted, user);
    return (await gateway.connect(passphrase === undefined ? endpoint : { ...endpoint, passphrase })).hostKey;
  } finally {
    gateway.dispose();
    await sshd.close();
  }
}

describe('a node’s host key', () => {
  it('is accepted when it is pinned, comment or not, and given back as a line', async () => {
    const withComment = { ...hostKey, public: `${hostKey.public} core@deis-1\n` };
    assert.equal(await connectTo({}, [otherHostKey, withComment]), hostKey.public);
  });

  it('that changed is refused before anything is sent, with both fingerprints', async () => {
    const error: unknown = await connectTo({}, [otherHostKey]).catch((reason: unknown) => reason);

    assert.ok(ClusterError.is(error, 'hostKeyChanged'), inspect(error));
    assert.equal(error.message.match(/SHA256:[\w+/]{43}/g)?.length, 2);
  });

  it('of a node that has several is the one we know', async () => {
    const both = { hostKeys: [rsaHostKey, hostKey] };
    assert.equal(await connectTo(both, [hostKey]), hostKey.public);
    assert.equal(await connectTo(both, [rsaHostKey]), rsaHostKey.public);
  });

  it('signed with SHA-1 is not offered', async () => {
    const behaviour: Partial<Behaviour> = { hostKeys: [rsaHostKey], algorithms: { serverHostKey: ['ssh-rsa'] } };
    await assert.rejects(connectTo(behaviour, [rsaHostKey]), { code: 'sshUnreachable' });
  });

  it('must be known: without one the node is not contacted', async () => {
    await assert.rejects(connectTo({}, []), { code: 'hostKeyChanged' });
    await assert.rejects(connectTo({}, [{ private: '', public: 'ssh-ed25519 AAAA' }]), { code: 'hostKeyChanged' });
  });

  it('is refused by a verifier that throws or answers anything but true', () => {
    const answers: unknown[] = [undefined, null, 1, 'yes', Promise.resolve(true), {}];
    for (const answer of answers) {
      // A verifier as careless code would write it; the type forbids it.
      const careless: unknown = () => answer;
      assert.equal(strict(careless as () => boolean)(Buffer.alloc(0)), false);
    }
    assert.equal(
      strict(() => {
        throw new Error('broken');
      })(Buffer.alloc(0)),
      false,
    );
    assert.equal(strict(() => true)(Buffer.alloc(0)), true);
  });

  it('is not taken for another of which it is the beginning', () => {
    const endpoint = endpointOf([{ ...hostKey, public: hostKey.public.slice(0, -8) }], userKey);
    const blob = Buffer.from(hostKey.public.split(' ')[1] ?? '', 'base64');
    assert.equal(pinnedKeys(endpoint).isTrusted(blob), false);
  });
});

describe('the login', () => {
  it('with a key that the node does not know is sshAuthFailed', async () => {
    await assert.rejects(connectTo({}, [hostKey], otherUserKey), { code: 'sshAuthFailed' });
  });

  it('works with an RSA key in PEM, signed with SHA-2', async () => {
    const rsa = makeKey('rsa');
    assert.equal(await connectTo({ userKey: rsa }, [hostKey], rsa), hostKey.public);
  });

  it('with a key that cannot be read says so and shows neither key nor passphrase', async () => {
    const broken = { ...userKey, private: userKey.private.replace(/[A-Z]{6}/, 'aaaaaa') };
    for (const key of [broken, { ...userKey, private: 'SECRET-TEXT' }]) {
      const error: unknown = await connectTo({}, [hostKey], key, 'open-sesame').catch((reason: unknown) => reason);
      assert.ok(ClusterError.is(error, 'keyUnusable', 'sshAuthFailed'), inspect(error));
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /SECRET-TEXT|sesame|PRIVATE KEY/);
    }
  });

  it('does not use what only an outdated node would speak', async () => {
    const outdated: Behaviour['algorithms'][] = [
      { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] },
      { kex: ['diffie-hellman-group14-sha1'] },
      { cipher: ['aes128-cbc'] },
    ];
    for (const algorithms of outdated) {
      await assert.rejects(connectTo({ ...(algorithms && { algorithms }) }, [hostKey]), { code: 'sshUnreachable' });
    }
  });
});
