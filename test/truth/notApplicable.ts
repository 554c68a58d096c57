/**
 * Rows that show what the recording stubbed or what its nodes were, not what CoreOS or the tools do: each with its reason. The list
 * is closed; truth fails when it names a row that is not there or more than a tenth of all.
 */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'system/os-release.txt': 'the recording ran on Debian 12, not on CoreOS',
  'system/df-output.txt': 'the recording’s root was an overlay inside a container',
  'system/df-P.txt': 'the recording’s root was an overlay inside a container',
};
