import { domainProblem } from '../../core/guide/domain';
import { ask, pick, type Outcome, type Place } from './wizard';

/** Undefined as value: the dashed sslip.io name of the first node. */
export async function askForDomain(before: string | undefined, place: Place): Promise<Outcome<string | undefined>> {
  for (;;) {
    const kind = await pick<'automatic' | 'own'>({
      ...place,
      placeholder: 'Under which domain will the apps be found?',
      items: [
        {
          label: '$(globe) A name that needs no setup',
          description: '203-0-113-7.sslip.io',
          detail: "Made of the first node's address. It leads to that one node: fine for a demonstration.",
          value: 'automatic',
        },
        {
          label: '$(edit) My own domain…',
          detail: 'You point *.your-domain at the nodes, wherever your domain is managed.',
          value: 'own',
        },
      ],
      active: (value) => (value === 'own') === (before !== undefined),
    });
    if (typeof kind !== 'object') {
      return kind;
    }
    if (kind.value === 'automatic') {
      return { value: undefined };
    }
    const domain = await ask({
      ...place,
      prompt: 'Apps will be found at <app>.<this domain>.',
      placeholder: 'example.com',
      problem: domainProblem,
    });
    if (domain !== 'back') {
      return domain;
    }
  }
}
