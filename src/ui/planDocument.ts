import * as vscode from 'vscode';

const SCHEME = 'deis-plan';
/** For an editor that VS Code has opened again after a reload. */
const FORGOTTEN = 'This plan was shown in an earlier window. *Create Cheap Cluster* makes a new one.\n';
const documents = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Read-only documents of ours, such as plans. They live as long as the window. */
export function registerPlanDocument(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => documents.get(uri.path) ?? FORGOTTEN,
  });
}

/** Shows markdown as people read it, in the editor area. */
export async function showDocument(title: string, markdown: string): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', setDocument(title, markdown));
}

/** As high as the question that lies over the top of the document while it is asked. */
const ROOM = '&nbsp;\n\n'.repeat(3);

/** Shows a document and asks about it; meanwhile the document begins below the question, so that all of it can be read. */
export async function askAbout<T>(title: string, markdown: string, ask: () => Thenable<T>): Promise<T> {
  await showDocument(title, ROOM + markdown);
  try {
    return await ask();
  } finally {
    setDocument(title, markdown);
  }
}

function setDocument(title: string, markdown: string): vscode.Uri {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}.md` });
  documents.set(uri.path, markdown);
  changed.fire(uri);
  return uri;
}
