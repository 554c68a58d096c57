import type { ApiLie } from '../../core/model/fault';

export interface Answer {
  readonly text: string;
  readonly type: string;
}

/** What a proxy in front of an API shows when it has nothing better, with a status that says all is well. */
const WEB_PAGE =
  '<html>\r\n<head><title>Scheduled maintenance</title></head>\r\n<body>\r\n<h1>We will be back soon</h1>\r\n</body>\r\n</html>\r\n';

/** The answer that is sent in place of the true one, to a read or a write. */
export function tellLie(lie: ApiLie, { body, type, isRead }: { body: object; type: string; isRead: boolean }): Answer {
  switch (lie) {
    case 'garbles':
      return isRead ? breakOff(JSON.stringify(body), type) : { text: WEB_PAGE, type: 'text/html' };
    case 'forgets-droplets':
      return { text: JSON.stringify(forget(body)), type };
    case 'says-active':
      return { text: JSON.stringify(sayActive(body)), type };
  }
}

/** As when what was to give the rest has died. */
const breakOff = (text: string, type: string): Answer => ({ text: text.slice(0, Math.ceil(text.length / 2)), type });

/** Every other droplet of a list, as an index that has not caught up leaves them out. */
function forget(body: object): object {
  if (!('droplets' in body) || !Array.isArray(body.droplets)) return body;
  const droplets: readonly unknown[] = body.droplets;
  return { ...body, droplets: droplets.filter((_, index) => index % 2 === 0) };
}

/** As a cache that is out of date, or ahead of the machine, says it. */
function sayActive(body: object): object {
  const active = (droplet: unknown): unknown =>
    typeof droplet === 'object' && droplet !== null ? { ...droplet, status: 'active' } : droplet;
  if ('droplets' in body && Array.isArray(body.droplets)) return { ...body, droplets: body.droplets.map(active) };
  return 'droplet' in body ? { ...body, droplet: active(body.droplet) } : body;
}
