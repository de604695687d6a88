/** Checks what the sources say against what the graph demands. */
import { errors } from '../errors';
import type { InputConventions, Source } from './conventions';
import type { ImageInput } from './inputs';
import { isSide, SIDE_WANTED } from './sides';

/** A field of `input` whose value the graph does not allow, and the value that it allows. */
interface Conflict {
  readonly field: keyof InputConventions;
  readonly wanted: string;
}

function conflictsOf(said: InputConventions, input: ImageInput): Conflict[] {
  const conflicts: Conflict[] = [];
  const demand = (field: keyof InputConventions, ok: boolean, wanted: string) => {
    if (said[field] !== undefined && !ok) conflicts.push({ field, wanted });
  };
  const { name, width, height, channels } = input;
  demand('name', said.name === name, `"${name}", the model's input`);
  demand('layout', said.layout === input.layout, `${input.layout}, by the model's dimensions`);
  demand('width', width === undefined || said.width === width, `${width}, which the model demands`);
  demand('height', height === undefined || said.height === height, `${height}, which the model demands`);
  for (const side of ['width', 'height', 'resize'] as const) demand(side, isSide(said[side]), SIDE_WANTED);
  const grey = channels === 1;
  demand('color', (said.color === 'GRAY') === grey, grey ? 'GRAY, since the model takes 1 channel' : 'RGB or BGR');
  for (const field of ['mean', 'std'] as const) {
    const value = said[field];
    demand(field, !Array.isArray(value) || value.length === channels, `one number for each of ${channels} channels`);
  }
  const divides = [said.std].flat().every((value) => value !== 0);
  demand('std', divides, 'numbers other than 0');
  demand('scale', said.scale !== 0, 'a number other than 0');
  return conflicts;
}

/** If the graph demands another size than the source says, the size before the crop is scaled in proportion. */
function inProportion(said: InputConventions, input: ImageInput): number | undefined {
  const { resize, width = said.height, height = said.width } = said;
  const [graph, file] = [
    Math.min(input.width ?? width ?? 0, input.height ?? height ?? 0),
    Math.min(width ?? 0, height ?? 0),
  ];
  const scaled = resize && graph && file ? Math.floor((resize * graph) / file) : undefined;
  return isSide(scaled) ? scaled : undefined;
}

/**
 * Removes from the sources what contradicts the graph. The sidecar is written for this model, so a contradiction there
 * is an error. Other files may belong to another model: of these only the fitting values are used, and a note lists the
 * rest.
 *
 * @throws sidecar-invalid
 */
export function agreeing(input: ImageInput, sources: readonly Source[]): Source[] {
  return sources.map((source) => {
    const { conventions, file, origin } = source;
    const conflicts = conflictsOf(conventions.input ?? {}, input);
    const [first] = conflicts;
    if (!first) return source;
    if (origin === 'sidecar') throw errors.sidecarInvalid(file, `input.${first.field}: must be ${first.wanted}`);
    const rejected = new Set<string>(conflicts.map(({ field }) => field));
    const fitting = Object.entries(conventions.input ?? {}).filter(([field]) => !rejected.has(field));
    const notes = conflicts.map(({ field, wanted }) => `${file}: ${field} not used; it must be ${wanted}`);
    const resize =
      rejected.has('width') || rejected.has('height') ? inProportion(conventions.input ?? {}, input) : undefined;
    if (resize !== undefined)
      notes.push(`${file}: resize ${resize} for ${conventions.input?.resize}, in proportion to the size`);
    return {
      ...source,
      conventions: {
        ...conventions,
        input: { ...Object.fromEntries(fitting), ...(resize !== undefined && { resize }) },
      },
      notes: [...source.notes, ...notes],
    };
  });
}
