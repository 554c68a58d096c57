import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffEvents } from '../../truth/timeline/compareEvents';
import { eventsOf, type Event, type Sample } from '../../truth/timeline/events';
import { readTimeline } from '../../truth/timeline/recorded';

const RECORDED = ['kill-1', 'kill-2', 'kill-3-quorum-lost', 'recovery-boot-all'].map((name) =>
  readTimeline(`power-off/timeline-${name}.jsonl`),
);
const [killed = [], , quorumLost = []] = RECORDED;

/** What a list went on showing for so much longer than it did. */
const linger = (samples: readonly Sample[], probe: string, seconds: number): Sample[] =>
  samples.map((sample) => (sample.probe === probe && sample.at > 5 ? { ...sample, at: sample.at + seconds } : sample));

describe('a replayed time line', () => {
  it('is the same as itself, each recorded one', () => {
    for (const samples of RECORDED) assert.equal(diffEvents(eventsOf(samples), eventsOf(samples)), undefined);
  });

  it('shows who died when: first as a leader, then in the lists', () => {
    const told = eventsOf(killed).map(({ at, probe, condition }) => `${at.toFixed(1)} ${probe}: ${condition}`);

    assert.ok(told.includes('1.7 health: false'));
    assert.ok(told.includes('10.4 list-units: rows of 4 machines, some missing or not running'));
    assert.ok(told.includes('16.3 list-machines: 4 machines'));
    assert.ok(told.includes('22.7 list-units: rows of 4 machines, all running'));
  });

  it('may be 3 s or a quarter off, no more: a machine that stays for another lease is told', () => {
    const wanted = eventsOf(killed);

    assert.equal(diffEvents(wanted, eventsOf(linger(killed, 'list-machines', 3.5))), undefined);
    assert.match(
      diffEvents(wanted, eventsOf(linger(killed, 'list-machines', 15))) ?? '',
      /list-machines: 4 machines at 31.3 s, not 16.3 s/,
    );
  });

  it('differs when units are never seen running again, or an answer that failed goes on', () => {
    const withoutEnd = killed.filter(({ probe, at }) => probe !== 'list-units' || at < 22);
    const deaf = quorumLost.map((sample) =>
      sample.probe === 'list-machines' ? { ...sample, exit: 0, stdout: 'a\nb\nc\n', stderr: '' } : sample,
    );

    assert.match(diffEvents(eventsOf(killed), eventsOf(withoutEnd)) ?? '', /^list-units shows/);
    assert.match(diffEvents(eventsOf(quorumLost), eventsOf(deaf)) ?? '', /^list-machines shows/);
  });

  it('has an order: what came a period later must not come a period earlier', () => {
    const at = (seconds: number, probe: string): Event => ({
      ...{ asked: seconds, at: seconds, probe, condition: 'gone' },
    });

    assert.equal(diffEvents([at(10, 'a'), at(11, 'b')], [at(11, 'a'), at(10, 'b')]), undefined);
    assert.match(diffEvents([at(10, 'a'), at(13, 'b')], [at(12.9, 'a'), at(10.2, 'b')]) ?? '', /^b: gone comes before/);
  });
});
