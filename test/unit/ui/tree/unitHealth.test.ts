import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeState, healthOf, tally, worst } from '../../../../src/ui/tree/unitHealth';

const seen = (active: string, sub: string, isStale = false): { active: string; sub: string; isStale: boolean } => ({
  active,
  sub,
  isStale,
});

describe('The health of a unit', () => {
  it('is running for a oneshot that has done its work, such as swapon.service', () => {
    assert.equal(healthOf(seen('active', 'exited')), 'running');
  });

  it('is failed for a container that dies again and again, which systemd never calls failed', () => {
    assert.equal(healthOf(seen('activating', 'auto-restart')), 'failed');
    assert.equal(healthOf(seen('failed', 'failed')), 'failed');
  });

  it('is starting while images are pulled', () => {
    assert.equal(healthOf(seen('activating', 'start-pre')), 'starting');
  });

  it('is not believed when nobody has confirmed it lately', () => {
    assert.equal(healthOf(seen('active', 'running', true)), 'stale');
    assert.equal(describeState(seen('active', 'running', true)), 'last seen running');
  });

  it("is told in systemd's words when it is not well", () => {
    assert.equal(describeState(seen('active', 'running')), 'running');
    assert.equal(describeState(seen('activating', 'auto-restart')), 'activating auto-restart');
  });

  it('of a group is that of its worst member', () => {
    assert.equal(worst(['running', 'starting', 'failed']), 'failed');
    assert.equal(worst(['running', 'running']), 'running');
    assert.equal(worst([]), undefined);
  });

  it('of a group is counted', () => {
    assert.equal(tally(['running', 'running']), '2 of 2 running');
    assert.equal(
      tally(['running', 'missing', 'failed', 'starting', 'starting']),
      '1 of 5 running, 1 failed, 1 missing, 2 starting',
    );
  });
});
