/** Who is who in one cluster: node N has the Nth machine id, address and host name. */
export interface Cluster {
  readonly machines: readonly string[];
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
  /** More words that stand for something in it, such as `10.77.0.1` for `‹discovery›`. */
  readonly others: Readonly<Record<string, string>>;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Whole words only: `10.0.0.1` is not part of `10.0.0.12`, and `deis-1` none of `deis-1.example`. */
function replaceWord(text: string, word: string, by: string): string {
  return text.replaceAll(new RegExp(`(?<![\\w.-])${escape(word)}(?![\\w-]|\\.\\w)`, 'g'), by);
}

/** Machine ids, addresses and host names by the number of their node: `‹machine 2›.../‹address 2›`. */
export function numberNodes(text: string, cluster: Cluster): string {
  let result = text;
  for (const [index, id] of cluster.machines.entries()) {
    result = result
      .replaceAll(id, `‹machine ${index + 1}›`)
      .replaceAll(`${id.slice(0, 8)}...`, `‹machine ${index + 1}›...`);
  }
  for (const [index, address] of cluster.addresses.entries()) {
    result = replaceWord(result, address, `‹address ${index + 1}›`);
  }
  for (const [index, host] of cluster.hosts.entries()) result = replaceWord(result, host, `‹host ${index + 1}›`);
  for (const [word, name] of Object.entries(cluster.others)) result = replaceWord(result, word, name);
  return result;
}

/**
 * Takes the numbers away where a unit may land anywhere; a machine that is named with the address of another one still shows.
 */
export function forgetNumbers(text: string): string {
  return text
    .replaceAll(/‹machine (\d+)›((?:\.\.\.)?[/=](?:http:\/\/)?)‹address \1›/g, '‹machine›$2‹its address›')
    .replaceAll(/‹(machine|address|host) \d+›/g, '‹$1›');
}

/** Says in the one cluster's words what is said in the other's. */
export function translate(text: string, from: Cluster, to: Cluster): string {
  let result = numberNodes(text, from);
  for (const [index, id] of to.machines.entries()) result = result.replaceAll(`‹machine ${index + 1}›`, id);
  for (const [index, address] of to.addresses.entries()) {
    result = result.replaceAll(`‹address ${index + 1}›`, address);
  }
  for (const [index, host] of to.hosts.entries()) result = result.replaceAll(`‹host ${index + 1}›`, host);
  for (const [word, name] of Object.entries(to.others)) result = result.replaceAll(name, word);
  return result;
}
