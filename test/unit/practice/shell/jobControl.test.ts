import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Program } from '../../../../src/practice/programs/program';
import type { Node } from './node';
import { bootedNode } from './node';
import { Person, withoutColours } from './terminal';

const CTRL_Z = '\x1a';

describe('job control on a terminal', { timeout: 60_000 }, () => {
  let node: Node;
  let say: (text: string) => void = () => undefined;
  /** Says what the test has it say, until it is ended. */
  const talk: Program = {
    name: 'talk',
    directory: '/usr/bin',
    run: (context) => {
      const { signal } = context;
      say = (text) => context.stdout(text);
      say('ready\n');
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(130), { once: true }));
    },
  };
  const idle: Program = { ...talk, name: 'idle' };
  before(async () => {
    node = await bootedNode({ programs: [talk, idle] });
  });
  after(() => node.kernel.dispose());

  async function stop(person: Person, command: string): Promise<void> {
    await person.prompt();
    const before = person.raw.length;
    person.type(`${command}\r`);
    await person.until(() => person.raw.slice(before).includes('ready\r\n'));
    person.type(CTRL_Z);
    await person.until(() => person.raw.slice(before).includes('Stopped'));
    await person.prompt();
  }

  /** Somebody who has stopped `talk`, which has said something since. */
  async function withStoppedTalk(): Promise<Person> {
    const person = new Person(node);
    await stop(person, 'talk');
    say('meanwhile\n');
    return person;
  }

  it('stops a command with Ctrl-Z, tells of it, and takes the next', async () => {
    const person = await withStoppedTalk();

    assert.match(withoutColours(person.raw), /\^Z\r\n\[1\]\+ {2}Stopped {17}talk\r\n\S+ \S+ \$ $/);
    assert.equal(await person.says('echo $?'), '148\n');
    assert.equal(await person.says('jobs'), '[1]+  Stopped                 talk\n');
    person.hangUp();
  });

  it('lets it go on in the foreground, where Ctrl-C ends it', async () => {
    const person = await withStoppedTalk();
    person.type('fg\r');
    await person.shows('fg\r\ntalk\r\nmeanwhile\r\n');
    person.type('\x03');
    await person.prompt();

    assert.equal(await person.says('echo $?; jobs'), '130\n');
    person.hangUp();
  });

  it('lets it go on in the background, where kill ends it', async () => {
    const person = await withStoppedTalk();
    assert.equal(await person.says('bg'), '[1]+ talk &\nmeanwhile\n');
    assert.equal(await person.says('jobs'), '[1]+  Running                 talk &\n');
    person.type('kill %1\r');
    await person.shows('kill %1\r\n');
    await person.prompt();
    await person.says('true');
    assert.match(withoutColours(person.raw), /\[1\]\+ {2}Terminated {14}talk\r\n/);
    assert.equal(await person.says('fg'), '-bash: fg: current: no such job\n');
    person.hangUp();
  });

  it('knows several by number and name', async () => {
    const person = await withStoppedTalk();
    await stop(person, 'idle 5');
    assert.equal(
      await person.says('jobs'),
      '[1]-  Stopped                 talk\n[2]+  Stopped                 idle 5\n',
    );
    person.type('%1\r');
    await person.shows('%1\r\ntalk\r\n');
    person.type('\x03');
    await person.prompt();

    assert.equal(await person.says('jobs'), '[2]+  Stopped                 idle 5\n');
    person.hangUp();
  });

  it('warns once before it leaves stopped jobs behind', async () => {
    const person = await withStoppedTalk();

    assert.equal(await person.says('exit'), 'logout\nThere are stopped jobs.\n');
    person.type('exit\r');
    await person.ended;
  });
});
