import * as v from 'valibot';
import { ClusterError, isCancelled } from '../../core/errors';
import { ActiveFaultReply, ActiveFaultsReply } from '../../core/parse/fault';
import type { FaultApi } from '../../core/ports';
import { linkSignals } from '../net/abort';
import { call, unexpected, type PracticeAddress, type PracticeCall, type PracticeReply } from './get';

const PATH = '/practice/faults';
/** Real milliseconds: the practice process answers from its own memory. */
const ANSWER_MS = 10_000;

const Refusal = v.object({ message: v.string() });

/** What is broken on purpose in the practice cloud: it is the practice process itself that is asked, not its cloud's API. */
export function createFaultApi(open: () => Promise<PracticeAddress>): FaultApi {
  return {
    async list(signal) {
      const reply = await ask(open, { path: PATH }, signal);
      return parse(ActiveFaultsReply, reply).faults;
    },
    async add(fault, signal) {
      const reply = await ask(open, { method: 'POST', path: PATH, body: fault }, signal);
      return parse(ActiveFaultReply, reply).fault;
    },
    async remove(id, signal) {
      const path = id === undefined ? PATH : `${PATH}?id=${encodeURIComponent(id)}`;
      const reply = await ask(open, { method: 'DELETE', path }, signal);
      // It may have ended by itself, or another window was quicker.
      if (reply.status !== 204 && reply.status !== 404) throw refused(reply);
    },
  };
}

async function ask(
  open: () => Promise<PracticeAddress>,
  what: PracticeCall,
  signal?: AbortSignal,
): Promise<PracticeReply> {
  const address = await open();
  const limit = linkSignals(AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : []));
  try {
    return await call(address, what, limit.signal);
  } catch (error) {
    if (signal?.aborted === true && isCancelled(error)) throw error;
    throw new ClusterError('The practice cloud has ended or does not answer; try again, and it is started anew.', {
      code: 'practiceUnavailable',
      cause: error,
    });
  } finally {
    limit.dispose();
  }
}

function parse<T extends v.GenericSchema>(schema: T, reply: PracticeReply): v.InferOutput<T> {
  if (reply.status >= 300) throw refused(reply);
  const result = v.safeParse(schema, reply.body);
  if (result.success) return result.output;
  throw unexpected(PATH, reply.status);
}

function refused({ status, body }: PracticeReply): ClusterError {
  const words = v.safeParse(Refusal, body);
  if (!words.success || status < 400 || status >= 500) return unexpected(PATH, status);
  const message = /[.!?]$/.test(words.output.message) ? words.output.message : `${words.output.message}.`;
  return new ClusterError(message, { code: status === 404 ? 'notFound' : 'invalidInput' });
}
