/** Which files a command means: what VS Code passes differs from menu to menu. Pure. */
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
 * The files meant by a command's arguments. The Explorer passes the clicked file and the whole selection, a tab its
 * file, a webview's context menu an object that is no file, the palette nothing; for the last two it is the file of
 * the active tab.
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

/** Models are read by the engine process from disk, so only local files count. */
export function modelOf<U extends UriLike>(args: readonly unknown[], activeTab: U | undefined): U | undefined {
  return filesOf(args, activeTab).find((uri) => uri.scheme === 'file' && isModel(uri.path));
}

export function nameOf(uri: UriLike): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
