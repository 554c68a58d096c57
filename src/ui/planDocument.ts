import * as vscode from 'vscode';

const SCHEME = 'deis-plan';
const documents = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Read-only documents of ours: plans and lists of obstacles. They live as long as the window. */
export function registerPlanDocument(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => documents.get(uri.path) ?? '',
  });
}

/** Shows markdown as people read it, in the editor area. */
export async function showDocument(title: string, markdown: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.md` });
  documents.set(uri.path, markdown);
  changed.fire(uri);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}
