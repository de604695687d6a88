/** The custom editor for one image, and the panel for several. Both contain the same kind of panel. */
import * as vscode from 'vscode';
import type { ImageFile } from '../images/image-file';
import { folderOf } from '../model/watch';
import { setPage } from '../page';
import { createPanel } from '../panel/panel';
import type { Panel, PanelServices } from '../panel/panel-types';
import type { Panels } from '../panel/panels';
import { readRestored, restoreText } from './restore';

export const EDITOR_TYPE = 'groupCam.explanation';
export const IMAGES_TYPE = 'groupCam.images';

interface ImageDocument extends vscode.CustomDocument, ImageFile {}

export interface Editors extends vscode.Disposable {
  /** Opens a panel with a strip of thumbnails, which explains one image after another. */
  openImages(uris: readonly vscode.Uri[]): Panel;
}

export function registerEditors(extensionUri: vscode.Uri, services: PanelServices, panels: Panels): Editors {
  function fill(webviewPanel: vscode.WebviewPanel, images: readonly ImageFile[], restore?: string): Panel {
    const files = images.flatMap(({ uri, bytes }) => (bytes ? [] : [folderOf(uri)]));
    const folders = [...new Map(files.map((folder) => [String(folder), folder])).values()];
    setPage(webviewPanel, extensionUri, 'editor', { folders, ...(restore !== undefined && { restore }) });
    const panel = createPanel(webviewPanel, images, services);
    panels.add(panel);
    return panel;
  }

  function fillImages(webviewPanel: vscode.WebviewPanel, uris: readonly vscode.Uri[]): Panel {
    webviewPanel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    return fill(
      webviewPanel,
      uris.map((uri) => ({ uri })),
      restoreText(uris.map(String)),
    );
  }

  const provider: vscode.CustomReadonlyEditorProvider<ImageDocument> = {
    openCustomDocument: (uri, { untitledDocumentData }) => ({
      uri,
      ...(untitledDocumentData && { bytes: untitledDocumentData }),
      dispose: () => {},
    }),
    resolveCustomEditor: (document, webviewPanel) => void fill(webviewPanel, [document]),
  };

  const serializer: vscode.WebviewPanelSerializer = {
    deserializeWebviewPanel: async (webviewPanel, state) => {
      const uris = readRestored(state).map((text) => vscode.Uri.parse(text));
      if (uris.length === 0) return webviewPanel.dispose();
      fillImages(webviewPanel, uris);
    },
  };

  const registered = vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(EDITOR_TYPE, provider, { supportsMultipleEditorsPerDocument: true }),
    vscode.window.registerWebviewPanelSerializer(IMAGES_TYPE, serializer),
  );
  return {
    openImages: (uris) => {
      const title = `Explain ${uris.length} images`;
      return fillImages(vscode.window.createWebviewPanel(IMAGES_TYPE, title, vscode.ViewColumn.Active), uris);
    },
    dispose: () => registered.dispose(),
  };
}
