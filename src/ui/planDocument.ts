import * as vscode from 'vscode';

const SCHEME = 'deis-plan';
/** VS Code opens the editors of a window again after a reload: the document that was shown last is kept for it. */
const KEPT = 'deis.document';
/** For an older one. */
const FORGOTTEN = 'This plan was shown in an earlier window. *Create Cheap Cluster* makes a new one.\n';

interface Kept {
  readonly path: string;
  readonly markdown: string;
}

const documents = new Map<string, string>();
let memory: vscode.Memento | undefined;
const changed = new vscode.EventEmitter<vscode.Uri>();

/** Read-only documents of ours, such as plans. */
export function registerPlanDocument(workspaceState: vscode.Memento): vscode.Disposable {
  memory = workspaceState;
  const kept = memory.get<Kept>(KEPT);
  if (kept !== undefined) documents.set(kept.path, kept.markdown);
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
  void memory?.update(KEPT, { path: uri.path, markdown } satisfies Kept);
  changed.fire(uri);
  return uri;
}
