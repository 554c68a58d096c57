import * as vscode from 'vscode';

/** Text from outside (names, problems, unit states) is never taken for markdown. */
const escape = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\n/g, ' ');

/** A title, a table of facts and explaining sentences. Facts without a value are left out. */
export function tooltip(
  title: string,
  facts: readonly (readonly [name: string, value: string | undefined])[],
  ...sentences: readonly (string | undefined)[]
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**${escape(title)}**\n\n`);
  const rows = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  if (rows.length > 0) {
    const lines = rows.map(([name, value]) => `| ${escape(name)} | ${escape(value)} |`);
    text.appendMarkdown(['| | |', '|:--|:--|', ...lines, ''].join('\n'));
    text.appendMarkdown('\n');
  }
  for (const sentence of sentences) {
    if (sentence !== undefined && sentence !== '') text.appendMarkdown(`${escape(sentence)}\n\n`);
  }
  return text;
}
