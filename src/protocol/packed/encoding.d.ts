// Node and browsers have these; the compiler's settings for this zone name neither.
declare class TextEncoder {
  /** In UTF-8. */
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  /** From UTF-8. */
  decode(bytes: Uint8Array): string;
}
