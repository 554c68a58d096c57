import type { ScriptNode } from 'just-bash';
import { LAST_JOB, STREAMING } from './devices';

/**
 * Parameters that the interpreter has otherwise: `$!` is what our own background command leaves, `${FUNCNAME[0]}` must not tell of
 * the second form of a function, and `${name:?why}` names the parameter.
 */
export function spellings(script: ScriptNode): ScriptNode {
  const text = JSON.stringify(script);
  const renamed = text
    .replaceAll('"parameter":"!"', `"parameter":"${LAST_JOB}"`)
    // eslint-disable-next-line security/detect-unsafe-regex -- one optional index
    .replaceAll(/("parameter":"FUNCNAME(?:\[\d+\])?","operation":)null/g, `$1${WITHOUT_PREFIX}`)
    .replaceAll(
      /("parameter":"(\w+)","operation":\{"type":"ErrorIfUnset","word":\{"type":"Word","parts":\[)/g,
      '$1{"type":"Literal","value":"$2: "},',
    );
  // The same tree with other names in it.
  return renamed === text ? script : (JSON.parse(renamed) as ScriptNode);
}

const WITHOUT_PREFIX = JSON.stringify({
  type: 'PatternRemoval',
  pattern: { type: 'Word', parts: [{ type: 'Literal', value: STREAMING }] },
  side: 'prefix',
  greedy: false,
});
