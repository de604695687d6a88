/** Determines the files that a command acts on. VS Code passes different arguments from different menus. Pure. */
import { isImage } from '../../protocol/image-files';
import { isModel } from './image-types';

/** The part of a `vscode.Uri` that decisions need. */
export interface UriLike {
  readonly scheme: string;
  readonly path: string;
}

export function isUri(value: unknown): value is UriLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'scheme' in value &&
    typeof value.scheme === 'string' &&
    'path' in value &&
    typeof value.path === 'string'
  );
}

/**
 * The files of a command's arguments. The Explorer passes the clicked file and the whole selection, a tab passes its
 * file, a webview's context menu passes an object that is not a file, and the palette passes nothing. In the last two
 * cases the file is that of the active tab.
 */
function filesOf<U extends UriLike>(args: readonly unknown[], activeTab: U | undefined): U[] {
  const [clicked, selection] = args;
  if (!isUri(clicked)) return activeTab ? [activeTab] : [];
  const files = Array.isArray(selection) ? selection.filter(isUri) : [];
  return (files.length > 0 ? files : [clicked]) as U[];
}

export function imagesOf<U extends UriLike>(args: readonly unknown[], activeTab: U | undefined): U[] {
  return filesOf(args, activeTab).filter((uri) => isImage(uri.path));
}

/** The model that a command acts on. The engine reads models from disk, so only local files are accepted. */
export function modelOf<U extends UriLike>(args: readonly unknown[], activeTab: U | undefined): U | undefined {
  return filesOf(args, activeTab).find((uri) => uri.scheme === 'file' && isModel(uri.path));
}

export function nameOf(uri: UriLike): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
