/** The part of yauzl that is used here; the package has no types of its own. */
declare module 'yauzl' {
  export interface Entry {
    readonly fileName: string;
    readonly compressedSize: number;
    readonly compressionMethod: number;
    readonly relativeOffsetOfLocalHeader: number;
    readonly uncompressedSize: number;
    /** The upper half has the mode of a Unix file. */
    readonly externalFileAttributes: number;
    readonly generalPurposeBitFlag: number;
  }

  export interface ZipFile {
    readonly entryCount: number;
    readEntry(): void;
    close(): void;
    on(event: 'entry', listener: (entry: Entry) => void): void;
    on(event: 'end', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
  }

  export function open(
    path: string,
    options: { lazyEntries: true; autoClose: false; strictFileNames: true },
    callback: (error: Error | null, file?: ZipFile) => void,
  ): void;
}
