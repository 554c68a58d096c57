import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode } from 'just-bash';
import { serialize } from 'just-bash';
import { assignments, sourceInput, streamsTaken } from './builtinForms';
import { COMMAND_WORDS, DEVICES, HIDDEN } from './devices';
import { isBracket, withFileTests, withFileTestsIn } from './fileTests';
import { filtersOf } from './filters';
import { declaredText, definitionsText, functionsOf, streamingName } from './functions';
import type { CompoundCommand, FunctionDefinition, Redirection } from './nodes';
import {
  bodiesOf,
  group,
  literalOf,
  pipelineOf,
  redirection,
  simpleCommand,
  statementOf,
  variable,
  word,
} from './nodes';
import { promptOf } from './readPrompt';
import { readsFrom, routesOf } from './routes';
import { readsStdin } from './tools/stdinReaders';
import { spellings } from './spellings';
import { streamOf, wordsOf } from './streams';
import { LIBRARY_TOOLS } from './tools/tools';
import type { Settings } from './wrapping';
import { devicesFor, guarded, isWatchable, settingsIn, tested, watched } from './wrapping';

/**
 * The library's interpreter keeps all output until a script ends. So that a session sees each command's output when it comes,
 * every command of a script whose streams are the session's own is given devices instead: its output is appended to a file that
 * is the session, and a program of the node is run by a hidden command that writes there while it runs. What is piped, captured
 * or redirected stays with the interpreter. A function is both: which of its two forms runs depends on who calls it.
 */
export interface ForegroundFacts {
  /** Names of the node's programs. */
  readonly programs: ReadonlySet<string>;
  readonly aliases: readonly string[];
  readonly hasInput: boolean;
  /** The shell of a terminal must learn of `exit`. */
  readonly leaves: boolean;
  /** Standard input is a terminal: `read -p` shows its prompt. */
  readonly isTerminal: boolean;
  /** A line before has set a trap for errors. */
  readonly hasErrorTrap: boolean;
}

/** Which of the session's streams a piece of the script has for its own. */
interface Place {
  readonly out: boolean;
  readonly err: boolean;
  readonly input: boolean;
  /** An error here is met by `trap … ERR`. */
  readonly isWatched: boolean;
}

export function toForeground(given: ScriptNode, facts: ForegroundFacts): ScriptNode {
  const script = spellings(given);
  const text = JSON.stringify(script);
  const rewriter = new Rewriter(facts, functionsOf(script), settingsIn(text));
  const isWatched = facts.hasErrorTrap || text.includes('"ERR"');
  const place: Place = { out: true, err: true, input: facts.hasInput, isWatched };
  return { ...script, statements: script.statements.map((statement) => rewriter.statement(statement, place)) };
}

/** For a script inside a script (`bash -c` in a pipe, `xargs`): only the answers of the file system are made right. */
export function toGuarded(script: ScriptNode): ScriptNode {
  const rewriter = new Rewriter(
    { programs: new Set(), aliases: [], hasInput: false, leaves: false, isTerminal: false, hasErrorTrap: false },
    new Map(),
    settingsIn(''),
  );
  const place: Place = { out: false, err: false, input: false, isWatched: false };
  return { ...script, statements: script.statements.map((statement) => rewriter.statement(statement, place)) };
}

class Rewriter {
  /** Streams that `exec > file` has given to the interpreter, for what follows. */
  readonly #taken = { out: false, err: false, input: false };

  constructor(
    private readonly facts: ForegroundFacts,
    private readonly functions: ReadonlyMap<string, FunctionDefinition>,
    private readonly settings: Settings,
  ) {}

  statement(statement: StatementNode, given: Place): StatementNode {
    const { out, err, input } = this.#taken;
    const place = { ...given, out: given.out && !out, err: given.err && !err, input: given.input && !input };
    if (statement.background && place.out) {
      const own = serialize({ type: 'Script', statements: [{ ...statement, background: false }] });
      const text = `${definitionsText(this.functions)}${own}`;
      return statementOf([pipelineOf(simpleCommand([word(HIDDEN.background), word(text)]))]);
    }
    const last = statement.pipelines.length - 1;
    const pipelines = statement.pipelines.map((pipeline, index) => {
      const own = this.#pipeline(pipeline, place);
      if (index < last || own.negated) {
        return tested(own);
      }
      return place.isWatched && !statement.background && isWatchable(pipeline, this.settings, this.functions)
        ? watched(own, place)
        : own;
    });
    return { ...statement, pipelines };
  }

  #pipeline(pipeline: PipelineNode, place: Place): PipelineNode {
    const { commands } = pipeline;
    if (pipeline.timed === true && place.err) {
      return this.#timed(pipeline, place);
    }
    const followed = commands.length > 1 && place.out ? this.#followed(pipeline, place) : undefined;
    if (followed !== undefined) {
      return { ...pipeline, commands: [followed], pipeStderr: [] };
    }
    const last = commands.length - 1;
    return {
      ...pipeline,
      commands: commands.map((command, index) =>
        this.#command(command, {
          ...place,
          out: place.out && index === last,
          err: place.err && pipeline.pipeStderr?.[index] !== true,
          input: place.input && index === 0,
        }),
      ),
    };
  }

  /** `time`: measured by the node's clock, not by ours. */
  #timed(pipeline: PipelineNode, place: Place): PipelineNode {
    const stop = pipeline.timePosix === true ? 'posix' : 'stop';
    const clock = (verb: string): StatementNode =>
      statementOf([pipelineOf(simpleCommand([word(HIDDEN.clock), word(verb)], devicesFor({ out: false, err: true })))]);
    const measured = statementOf([this.#pipeline({ ...pipeline, timed: false }, place)]);
    return pipelineOf(group([clock('start'), measured, clock(stop)]));
  }

  /** `journalctl -f | grep x`: the program runs on while its lines go through the filters. */
  #followed({ commands, pipeStderr }: PipelineNode, place: Place): CommandNode | undefined {
    const [first, ...rest] = commands;
    const name = first?.type === 'SimpleCommand' ? literalOf(first.name) : undefined;
    if (first?.type !== 'SimpleCommand' || name === undefined || !this.#isProgram(name) || this.settings.hasPipefail) {
      return undefined;
    }
    const filters = filtersOf(rest);
    const routes = routesOf(first.redirections);
    if (filters === undefined || routes === undefined || routes.out === 'e' || routes.input.length > 0) {
      return undefined;
    }
    const errors = pipeStderr?.[0] === true ? 'o' : routes.err;
    const words = [HIDDEN.pipe, `${routes.out}${errors}${place.input ? 'i' : '-'}`, filters].map(word);
    return this.#withDevices(
      simpleCommand([...words, first.name ?? word(name), ...first.args], [], first.line),
      { out: true, err: true },
      first.assignments,
    );
  }

  #command(command: CommandNode, place: Place): CommandNode {
    if (command.type === 'FunctionDef') {
      return this.#definition(command, place);
    }
    const rewritten = command.type === 'SimpleCommand' ? this.#simple(command, place) : this.#compound(command, place);
    return guarded(rewritten, command, place);
  }

  #definition(command: FunctionDefinition, place: Place): CommandNode {
    if (!place.out || !place.err || command.redirections.length > 0) {
      return command;
    }
    const body = this.#compound(command.body, { ...place, isWatched: place.isWatched && this.settings.hasErrtrace });
    if (body.type === 'SimpleCommand' || body.type === 'FunctionDef') {
      return command;
    }
    const streaming = { ...command, name: streamingName(command.name), body };
    return group([command, streaming].map((one) => statementOf([pipelineOf(one)])));
  }

  #compound(command: CompoundCommand, place: Place): CommandNode {
    if (command.type === 'ConditionalCommand') {
      const expression = withFileTestsIn(command.expression);
      return { ...command, expression, redirections: [...devicesFor(place, command.line), ...command.redirections] };
    }
    if (command.redirections.length > 0 || bodiesOf(command).length === 0) {
      return { ...command, redirections: [...devicesFor(place, command.line), ...command.redirections] };
    }
    const inside = (body: StatementNode[], own = place): StatementNode[] =>
      body.map((statement) => this.statement(statement, own));
    const asked = { ...place, isWatched: false };
    switch (command.type) {
      case 'If':
        return {
          ...command,
          clauses: command.clauses.map(({ condition, body }) => ({
            condition: inside(condition, asked),
            body: inside(body),
          })),
          elseBody: command.elseBody === null ? null : inside(command.elseBody),
        };
      case 'While':
      case 'Until':
        return { ...command, condition: inside(command.condition, asked), body: inside(command.body) };
      case 'For':
      case 'CStyleFor':
      case 'Group':
        return { ...command, body: inside(command.body) };
      case 'Subshell': {
        // What ends a subshell does not end the terminal's shell.
        const child = new Rewriter({ ...this.facts, leaves: false }, this.functions, this.settings);
        return { ...command, body: command.body.map((statement) => child.statement(statement, place)) };
      }
      case 'Case':
        return { ...command, items: command.items.map((item) => ({ ...item, body: inside(item.body) })) };
      case 'ArithmeticCommand':
        return command;
    }
  }

  #simple(command: SimpleCommandNode, place: Place): CommandNode {
    if (command.name === null) {
      return assignments(command, place);
    }
    const name = literalOf(command.name);
    if (name === 'test' || isBracket(command.name)) {
      const redirections = [...devicesFor(place, command.line), ...command.redirections];
      return { ...command, args: withFileTests(command.args), redirections };
    }
    if (name === undefined) {
      return this.#dynamic(command, place);
    }
    if ((name === 'exit' || name === 'logout') && this.facts.leaves && place.out) {
      const leave = statementOf([pipelineOf(simpleCommand([word(HIDDEN.leave)]))]);
      return group([leave, statementOf([pipelineOf({ ...command, name: word('exit') })])]);
    }
    const called = this.functions.get(name);
    if (called?.redirections.length === 0 && place.out && place.err && command.redirections.length === 0) {
      return { ...command, name: word(streamingName(name)) };
    }
    if (name === 'unset' && literalOf(command.args[0] ?? null) === '-f') {
      return this.#forgetting(command, place);
    }
    const declared = name === 'declare' || name === 'typeset' ? declaredText(command, this.functions) : undefined;
    if (declared !== undefined) {
      return this.#simple({ ...command, name: word('printf'), args: [word('%s'), word(declared)] }, place);
    }
    if ((name === 'source' || name === '.') && literalOf(command.args[0] ?? null) === '/dev/stdin') {
      return sourceInput(command, place);
    }
    if (name === 'wait') {
      return this.#simple({ ...command, name: word(HIDDEN.wait) }, place);
    }
    const streamed = this.#streamed(command, name, place);
    if (streamed !== undefined) {
      return streamed;
    }
    if (name === 'exec') {
      return command.args.length === 0 ? this.#giveAway(command) : this.#exec(command, place);
    }
    if (this.#isProgram(name) && place.out && place.err) {
      const direct = this.#direct(command, name, place);
      if (direct !== undefined) {
        return direct;
      }
    }
    if (this.#isProgram(name) && place.input && !command.redirections.some(readsFrom)) {
      const args = [command.name, ...command.args];
      const devices = [...devicesFor(place, command.line), ...command.redirections];
      return { ...command, name: word(HIDDEN.feed), args, redirections: devices };
    }
    const prompt = name === 'read' && place.input && this.facts.isTerminal ? promptOf(command) : undefined;
    if (prompt !== undefined) {
      const show = simpleCommand([word('printf'), word('%s'), prompt.text], [redirection('>>', 1, DEVICES.out)]);
      const read = this.#simple({ ...command, args: prompt.otherArgs }, place);
      return group([statementOf([pipelineOf(show)]), statementOf([pipelineOf(read)])]);
    }
    const input = this.#inputFor(name, command, place);
    return { ...command, redirections: [...devicesFor(place, command.line), ...input, ...command.redirections] };
  }

  #streamed(command: SimpleCommandNode, name: string, place: Place): CommandNode | undefined {
    const isOther = this.functions.has(name) || this.facts.aliases.includes(name);
    const found = isOther ? undefined : streamOf(name, command);
    const routes = routesOf(found?.redirections ?? []);
    if (found === undefined || routes === undefined || !place.out || !place.err) {
      return undefined;
    }
    if (found.stream.kind === 'copy' && found.stream.readsInput && !place.input) {
      return undefined;
    }
    const words = wordsOf(found.stream, `${routes.out}${routes.err}`);
    const errors = { out: false, err: true };
    return {
      ...simpleCommand(words, devicesFor(errors, command.line), command.line),
      assignments: command.assignments,
    };
  }

  /** `unset -f name`: both forms of it go. */
  #forgetting(command: SimpleCommandNode, place: Place): CommandNode {
    const names = command.args.flatMap((arg) => {
      const name = literalOf(arg);
      return name !== undefined && this.functions.has(name) ? [word(streamingName(name))] : [];
    });
    return {
      ...command,
      args: [...command.args, ...names],
      redirections: [...devicesFor(place, command.line), ...command.redirections],
    };
  }

  /** `$command args`, `"${words[@]}"`: the interpreter takes the name for one word, whatever it expands to. */
  #dynamic(command: SimpleCommandNode, place: Place): CommandNode {
    const name = command.name ?? word('');
    const isDirect = place.out && place.err && command.redirections.length === 0;
    const flags = isDirect ? `oe${place.input ? 'i' : '-'}` : '---';
    const errors = devicesFor({ ...place, out: false }, command.line);
    const words = simpleCommand([word(HIDDEN.words), word(flags), name, ...command.args], errors, command.line);
    const run: SimpleCommandNode = {
      ...command,
      name: word('eval'),
      args: [variable(COMMAND_WORDS)],
      redirections: [...devicesFor(place, command.line), ...command.redirections],
    };
    return group([statementOf([pipelineOf(words)]), statementOf([pipelineOf(run)])]);
  }

  /** `exec > log 2>&1`: from here on the interpreter has these streams. */
  #giveAway(command: SimpleCommandNode): SimpleCommandNode {
    const taken = streamsTaken(command.redirections);
    this.#taken.out ||= taken.out;
    this.#taken.err ||= taken.err;
    this.#taken.input ||= taken.input;
    return command;
  }

  /** The interpreter goes on after `exec command`; a shell does not. */
  #exec(command: SimpleCommandNode, place: Place): CommandNode {
    const [name = null, ...args] = command.args;
    const replacing = this.#command({ ...command, name, args }, place);
    return group([statementOf([pipelineOf(replacing)]), statementOf([pipelineOf(simpleCommand([word('exit')]))])]);
  }

  #direct(command: SimpleCommandNode, name: string, place: Place): CommandNode | undefined {
    const routes = routesOf(command.redirections);
    if (routes === undefined) {
      return undefined;
    }
    const source = place.input && routes.input.length === 0 ? 'i' : '-';
    const words = [
      word(HIDDEN.run),
      word(`${routes.out}${routes.err}${source}${command.line ?? ''}`),
      command.name ?? word(name),
      ...command.args,
    ];
    return this.#withDevices(
      simpleCommand(words, routes.input, command.line),
      { out: false, err: true },
      command.assignments,
    );
  }

  #withDevices(
    command: SimpleCommandNode,
    place: { out: boolean; err: boolean },
    assignments: SimpleCommandNode['assignments'],
  ): SimpleCommandNode {
    const devices = devicesFor(place, command.line);
    return { ...command, assignments, redirections: [...devices, ...command.redirections] };
  }

  #inputFor(name: string, command: SimpleCommandNode, place: Place): Redirection[] {
    if (!place.input || command.redirections.some(readsFrom)) {
      return [];
    }
    if (name === 'read') {
      return [redirection('<', 0, DEVICES.line)];
    }
    return readsStdin(name, command) ? [redirection('<', 0, DEVICES.input)] : [];
  }

  #isProgram(name: string): boolean {
    if (this.functions.has(name) || this.facts.aliases.includes(name) || name === 'test' || name === '[') {
      return false; // Builtins of the interpreter, though programs of that name exist.
    }
    return this.facts.programs.has(name) || (name.includes('/') && !TOOL_NAMES.has(name.replace(/^.*\//, '')));
  }
}

const TOOL_NAMES: ReadonlySet<string> = new Set(LIBRARY_TOOLS);
