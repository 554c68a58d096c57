import type { Event } from './events';

/** What happens within one period of the probes has no order. */
export const PERIOD_SECONDS = 2;
const SHARE = 0.25;
const AT_LEAST_SECONDS = 3;

const nameOf = ({ probe, condition }: Event): string => `${probe}: ${condition}`;
const tellAll = (events: readonly Event[]): string =>
  events.map(({ at, condition }) => `${at.toFixed(1)} s ${condition}`).join('; ');

/** The same events in the same order, each within a quarter of its time or 3 s; undefined: they are. */
export function diffEvents(recorded: readonly Event[], ours: readonly Event[]): string | undefined {
  const pairs: Pair[] = [];
  for (const probe of new Set(recorded.map((event) => event.probe))) {
    const wanted = recorded.filter((event) => event.probe === probe);
    const got = ours.filter((event) => event.probe === probe);
    const paired = pairUp(wanted, got) ?? pairUp(wanted, lasting(got)) ?? pairUp(lasting(wanted), got);
    const same = paired ?? pairUp(lasting(wanted), lasting(got));
    if (same === undefined) return `${probe} shows ${tellAll(got)}, not ${tellAll(wanted)}`;
    pairs.push(...same);
  }
  return diffTimes(pairs) ?? diffOrder(pairs);
}

type Pair = readonly [wanted: Event, got: Event];

/** Undefined when they are not the same in the same order. */
function pairUp(wanted: readonly Event[], got: readonly Event[]): Pair[] | undefined {
  const isSame = wanted.length === got.length && wanted.every((event, at) => event.condition === got[at]?.condition);
  return isSame ? wanted.map((event, at) => [event, got[at] ?? event]) : undefined;
}

/** One probe's events; of lists of units without what they showed for no longer than one period: whether a probe falls into that is chance. */
function lasting(events: readonly Event[]): Event[] {
  const isList = ({ probe }: Event): boolean =>
    ['list-machines', 'machines', 'list-units', 'list-unit-files', 'deisctl-list', 'state'].includes(probe);
  const kept = events.filter((event, index) => {
    const next = events[index + 1];
    return !isList(event) || next === undefined || next.at - event.at > 1.25 * PERIOD_SECONDS;
  });
  return kept.filter((event, index) => event.condition !== kept[index - 1]?.condition);
}

function diffTimes(pairs: readonly Pair[]): string | undefined {
  const far = pairs.find(
    ([wanted, got]) => distance(wanted, got) > Math.max(AT_LEAST_SECONDS, SHARE * Math.abs(wanted.at)),
  );
  return far && `${nameOf(far[0])} at ${far[1].at.toFixed(1)} s, not ${far[0].at.toFixed(1)} s`;
}

/** By question or by answer: on the recording's busy machine an answer took up to two seconds. */
const distance = (wanted: Event, got: Event): number =>
  Math.min(Math.abs(got.at - wanted.at), Math.abs(got.asked - wanted.asked));

function diffOrder(pairs: readonly Pair[]): string | undefined {
  for (const [first, ourFirst] of pairs) {
    const passed = pairs.find(
      ([second, ourSecond]) => second.at > first.at + PERIOD_SECONDS && ourSecond.at < ourFirst.at - PERIOD_SECONDS,
    );
    if (passed) return `${nameOf(passed[0])} comes before ${nameOf(first)}, not after it`;
  }
  return undefined;
}
