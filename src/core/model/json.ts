/** Reads JSON from other programs leniently: a value that does not have the expected type counts as absent. */

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordAt(json: Json, key: string): Json | undefined {
  const value = json[key];
  return isRecord(value) ? value : undefined;
}

export function numberAt(json: Json, key: string): number | undefined {
  const value = json[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function numbersAt(json: Json, key: string): readonly number[] | undefined {
  const value = json[key];
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite) ? value : undefined;
}

export function stringAt(json: Json, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' ? value : undefined;
}

export function booleanAt(json: Json, key: string): boolean | undefined {
  const value = json[key];
  return typeof value === 'boolean' ? value : undefined;
}
