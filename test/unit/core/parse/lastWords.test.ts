import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastWords } from '../../../../src/core/parse/lastWords';

const JOURNAL = `-- Logs begin at Tue 2016-06-07 10:00:00 UTC, end at Tue 2016-06-07 10:05:00 UTC. --
Jun  7 10:04:50 deis-1 systemd[1]: Starting deis-router...
Jun  7 10:04:51 deis-1 sh[311]: /run/deis/bin/get_image: not found
Jun  7 10:04:51 deis-1 systemd[1]: deis-router@1.service: Control process exited, code=exited status=127
Jun  7 10:04:56 deis-1 sh[318]: /run/deis/bin/get_image: not found
Jun  7 10:04:56 deis-1 sh[318]:
Jun  7 10:04:56 deis-1 systemd[1]: deis-router@1.service: Failed with result 'exit-code'.
`;

describe('the last words of a unit', () => {
  it('are its own, each once, and not what systemd says about its end', () => {
    assert.deepEqual(lastWords(JOURNAL, 3), ['/run/deis/bin/get_image: not found']);
  });

  it('are those of systemd when the unit never spoke', () => {
    const silent = JOURNAL.split('\n').filter((line) => !line.includes(' sh['));
    assert.deepEqual(lastWords(silent.join('\n'), 1), ["deis-router@1.service: Failed with result 'exit-code'."]);
  });

  it('are taken as they come from a journal of another form, and from none', () => {
    assert.deepEqual(lastWords('something else\n', 3), ['something else']);
    assert.deepEqual(lastWords('-- No entries --\n', 3), []);
  });
});
