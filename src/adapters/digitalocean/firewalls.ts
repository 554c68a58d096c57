import type { FirewallRule, FirewallSpec } from '../../core/model/cloud';
import type { CloudApi } from '../../core/ports';
import { call, callUnlessMissing, type Access } from './call';
import { callAllPages } from './pages';
import { FirewallReply, FirewallsReply } from './replies';
import type { Library } from './session';
import { segment } from './words';

type FirewallCalls = Pick<
  CloudApi,
  'listFirewalls' | 'getFirewall' | 'createFirewall' | 'updateFirewall' | 'deleteFirewall'
>;

export function firewalls(access: Access): FirewallCalls {
  return {
    async listFirewalls(signal) {
      const spec = { what: 'listing the firewalls', signal };
      const pages = await callAllPages(
        access,
        { ...spec, request: (library) => library.firewalls.getAllFirewalls() },
        FirewallsReply,
      );
      return pages.flatMap((page) => page.firewalls);
    },
    async getFirewall(id, signal) {
      const checked = segment(id);
      const reply = await callUnlessMissing(access, {
        what: 'reading the firewall',
        request: (library) => library.firewalls.getExistingFirewall(checked),
        signal,
      });
      return reply?.parse(FirewallReply).firewall;
    },
    async createFirewall(spec, signal) {
      const body = toBody(spec);
      const reply = await call(access, {
        what: `creating the firewall ${spec.name}`,
        isPost: true,
        request: (library) => library.firewalls.createFirewall(body),
        signal,
      });
      return reply.parse(FirewallReply).firewall;
    },
    async updateFirewall(id, spec, signal) {
      const body = { ...toBody(spec), id: segment(id) };
      const reply = await call(access, {
        what: `changing the firewall ${spec.name}`,
        request: (library) => library.firewalls.updateFirewall(body),
        signal,
      });
      return reply.parse(FirewallReply).firewall;
    },
    async deleteFirewall(id, signal) {
      const checked = segment(id);
      await callUnlessMissing(access, {
        what: 'deleting the firewall',
        request: (library) => library.firewalls.deleteFirewall(checked),
        signal,
      });
    },
  };
}

type Body = Parameters<Library['firewalls']['createFirewall']>[0];

/** The whole firewall: PUT resets what is left out (openapi, "firewalls_update"). Ours reach droplets by tag only. */
function toBody(spec: FirewallSpec): Body {
  return {
    name: spec.name,
    tags: [...spec.tags],
    droplet_ids: [],
    inbound_rules: spec.inbound.map((rule) => ({
      protocol: rule.protocol,
      ports: rule.ports,
      sources: toPeers(rule),
    })),
    outbound_rules: spec.outbound.map((rule) => ({
      protocol: rule.protocol,
      ports: rule.ports,
      destinations: toPeers(rule),
    })),
  };
}

function toPeers({ addresses = [], tags = [] }: FirewallRule): Body['inbound_rules'][number]['sources'] {
  return { addresses: [...addresses], tags: [...tags], droplet_ids: [], load_balancer_uids: [] };
}
