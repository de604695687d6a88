/** Types for the part of js-yaml that is used; the package has none. */
declare module 'js-yaml' {
  /** @throws YAMLException */
  export function load(text: string): unknown;
}
