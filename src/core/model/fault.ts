/** Which calls a fault of the API is for; what is left out matches everything. */
export interface ApiMatch {
  readonly method?: string | undefined;
  /** The beginning of the path, such as `/v2/droplets` or `/new`. */
  readonly path?: string | undefined;
  /** How many calls it is for; for all without it. */
  readonly times?: number | undefined;
}

/** What is wrong with an answer that looks right: droplets missing in lists, droplets `active` that are not, no JSON at all. */
export type ApiLie = 'forgets-droplets' | 'says-active' | 'garbles';

/** How long a fault lasts by itself; until it is removed without it. */
interface Lasting {
  /** Milliseconds of the practice cloud's time. */
  readonly forMs?: number | undefined;
}

interface OfDroplet extends Lasting {
  readonly dropletId: number;
}

/** Something that is broken on purpose in the practice cloud (`POST /practice/faults`). */
export type Fault =
  /** The API answers with a failure of its own; nothing happens. */
  | ({ readonly kind: 'api-refuses'; readonly status: number; readonly message: string } & ApiMatch & Lasting)
  /** The API answers late, in milliseconds of the practice cloud's time. */
  | ({ readonly kind: 'api-delays'; readonly ms: number } & ApiMatch & Lasting)
  /** The connection breaks before the call has had its effect. */
  | ({ readonly kind: 'api-breaks' } & ApiMatch & Lasting)
  /** The call has its effect, and then the connection breaks. */
  | ({ readonly kind: 'api-loses-reply' } & ApiMatch & Lasting)
  /** The call has its effect, and the answer is not what is so. */
  | ({ readonly kind: 'api-lies'; readonly lie: ApiLie } & ApiMatch & Lasting)
  /** A node has power and answers nothing. */
  | ({ readonly kind: 'node-hangs' } & OfDroplet)
  /** Its power is cut as by a crash of the machine below it; removed, it has power again and boots. */
  | ({ readonly kind: 'node-loses-power' } & OfDroplet)
  /** Its disk has no room left: what writes fails with ENOSPC; removed, there is room again. */
  | ({ readonly kind: 'disk-fills' } & OfDroplet)
  /** Its clock goes wrong: by so many seconds at once, and by so many millionths of the time that passes from then on. */
  | ({ readonly kind: 'clock-drifts'; readonly seconds: number; readonly ppm?: number | undefined } & OfDroplet)
  /** Nobody listens on its SSH port: connections are refused. */
  | ({ readonly kind: 'ssh-refuses' } & OfDroplet)
  /** Its SSH connections fall silent after so many bytes to the client; with 0 before the first one. */
  | ({ readonly kind: 'ssh-hangs'; readonly afterBytes: number } & OfDroplet)
  /** Its SSH connections break after so many bytes to the client. */
  | ({ readonly kind: 'ssh-breaks'; readonly afterBytes: number } & OfDroplet)
  /** It has other host keys, as after an installation of its own; removed, it has the old ones again. */
  | ({ readonly kind: 'ssh-changes-host-key' } & OfDroplet)
  /** Nodes of different groups do not reach each other; droplets that are in no group reach all. */
  | ({ readonly kind: 'network-split'; readonly groups: readonly (readonly number[])[] } & Lasting);

/** A fault that is in force. */
export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  /** How many calls it is still for; absent: all. */
  readonly left?: number;
  /** When it ends by itself, in milliseconds since the epoch of the practice cloud's time. */
  readonly endsAt?: number;
}
