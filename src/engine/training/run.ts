/** What a training has in hand while it runs. */
import type { Params, RequestContext } from '../../protocol/requests';
import type { TrainingImage } from '../../protocol/training';
import type { Explainer } from '../sessions/explainer';
import type { Work } from '../sessions/passes';
import type { Checkpoint, State } from './checkpoint';
import type { Images, Stamps } from './images';
import type { Trainee } from './network';
import type { Plan } from './plan';

export interface Run {
  readonly params: Params<'train'>;
  readonly context: RequestContext<'train'>;
  readonly plan: Plan;
  readonly state: State;
  readonly checkpoint: Checkpoint;
  /** The network as it is at each step. */
  readonly network: Explainer;
  readonly images: { readonly train: Images; readonly heldOut: Images; readonly watched: Images };
  /** What is right for each training image, by class. */
  readonly right: readonly Float32Array[];
  /** Of the files of all images. */
  readonly stamps: Stamps;
  /** Images whose maps are told after each epoch. */
  readonly watched: readonly TrainingImage[];
  /** Number of epochs that were told before this request, with their maps. */
  readonly told: number;
  readonly trainee: Trainee;
  readonly work: Work;
}
