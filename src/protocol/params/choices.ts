/** Schemas of what the parameters of several requests have in common. */
import * as v from 'valibot';
import type { MethodChoice } from '../../core/methods/choice';
import { METHODS } from '../../core/methods/names';
import { type Form, fields } from '../../core/schema';
import { DEVICE_CHOICES } from '../devices';
import type { ModelChoice } from '../requests';
import { blur, optionValues } from './explanation';

const text = v.string();

export const device = v.picklist(DEVICE_CHOICES);

export const modelChoice = fields({
  path: v.exactOptional(text),
  layer: v.exactOptional(v.union([text, v.array(text)])),
  labels: v.exactOptional(text),
  output: v.exactOptional(text),
} satisfies Form<ModelChoice>);

/** To be spread into the fields of a request that is a choice of a method too. */
export const METHOD_FIELDS = {
  method: v.picklist(METHODS),
  options: optionValues,
  blur,
} satisfies Form<MethodChoice>;
export const methodChoice = fields(METHOD_FIELDS);
