/** Whether Vulkan has a driver, which WebGPU needs on Linux. Where it has none, the attempt prints warnings of native code. */
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAbsent } from '../../core/system-errors';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name drivers. */
const NAMED = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES'];

/**
 * Looks where Vulkan's loader does (its LoaderDriverInterface.md, "Driver Discovery on Linux").
 *
 * @param root of the file system
 * @returns in words; undefined if there may be a driver
 */
export function whyNoVulkan(
  environment: Environment = process.env,
  home = os.homedir(),
  root = '/',
): string | undefined {
  if (NAMED.some((name) => environment[name])) return undefined;
  const { XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS } = environment;
  const lists = [
    XDG_CONFIG_HOME || path.join(home, '.config'),
    XDG_CONFIG_DIRS || path.join(root, 'etc/xdg'),
    path.join(root, 'usr/local/etc'),
    path.join(root, 'etc'),
    // NixOS has its loader look here.
    path.join(root, 'run/opengl-driver/share'),
    XDG_DATA_HOME || path.join(home, '.local/share'),
    XDG_DATA_DIRS || `${path.join(root, 'usr/local/share')}:${path.join(root, 'usr/share')}`,
  ];
  const folders = lists.flatMap((list) => list.split(':')).map((folder) => path.join(folder, 'vulkan', 'icd.d'));
  return folders.some(hasDriver) ? undefined : 'no driver of Vulkan is installed';
}

function hasDriver(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.json'));
  } catch (thrown) {
    // What can't be listed may hold one.
    return !isAbsent(thrown);
  }
}
