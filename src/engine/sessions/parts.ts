/** Parts of a model that only some methods need, created when the first method needs them. */
import { downstreamGraph } from '../../core/cam/downstream';
import { gradientGraph } from '../../core/cam/gradient';
import { LINEAR_WEIGHTS, linearHeadGraph } from '../../core/cam/linear';
import { imageGraph } from '../../core/cam/transform';
import { errors } from '../../core/errors';
import { CPU_RULES } from '../../core/gradients/cpu';
import { guided } from '../../core/gradients/guided';
import { type GradientPath, nodesOnPath } from '../../core/gradients/path';
import type { RuleTable } from '../../core/gradients/rule';
import { RULES } from '../../core/gradients/rule-table';
import type { Need } from '../../core/methods/method-table';
import { startInUse } from '../../core/model/info';
import { checkBounds } from '../../core/onnx/bounds';
import { encodeWithFeeds } from '../../core/onnx/feeds';
import type { Model } from '../../core/onnx/model';
import { operatorOf } from '../../core/onnx/operators';
import { dimsOf, sizeOf } from '../../core/onnx/tensors';
import { type EncodedModel, encodeModel } from '../../core/onnx/weights';
import { classScores } from '../../core/target/class-scores';
import type { Fragment } from '../../core/target/target';
import type { Device } from '../../protocol/devices';
import type { ModelFile } from '../model/model-file';
import { createSession, type Session, type SessionOptions } from '../runtime/runtime';
import { type Explainer, type KnownModel, layerOf, type Part, type Parts, placesOf } from './explainer';
import { makeInt8 } from './int8';

type Maker<P extends Part> = (explainer: Explainer, file: ModelFile) => Promise<Parts[P]>;

const MAKERS: { readonly [P in Part]: Maker<P> } = {
  'feature-gradient': makeFeatureGradient,
  'input-gradient': (explainer, file) => makeInputGradient(explainer, file, rulesFor(explainer.device)),
  'guided-gradient': (explainer, file) => makeInputGradient(explainer, file, guided(rulesFor(explainer.device))),
  features: makeDownstream,
  images: (explainer, file) => makeImages(explainer, file, { input: explainer.info.input.name }),
  sweep: (explainer, file) => makeImages(explainer, file, placesOf(explainer.info)),
  'own-map': makeOwnMap,
  'linear-head': makeLinearHead,
  int8: makeInt8,
};

export function isPart(need: Need): need is Need & Part {
  return Object.hasOwn(MAKERS, need);
}

/** @throws unsupported-operator, not-connected, gradient-rule; errors of creating sessions */
export async function addPart<P extends Part>(explainer: Explainer, part: P, file: ModelFile): Promise<void> {
  explainer.parts[part] = await MAKERS[part](explainer, file);
}

export function releaseParts(parts: Partial<Parts>): void {
  for (const part of Object.values(parts)) if (part && 'release' in part) void part.release();
}

/** The fragment of a model's class scores. */
export function fragmentOf({ info: { output }, facts }: Pick<KnownModel, 'info' | 'facts'>): Fragment {
  return classScores({ ...output, activation: output.activation.value }, facts);
}

const rulesFor = (device: Device) => (device === 'cpu' ? CPU_RULES : RULES);

async function makeFeatureGradient(explainer: Explainer, file: ModelFile): Promise<Session> {
  const { info, facts, device, fragment } = explainer;
  const ends = { source: startInUse(info).tensor, wrt: info.layer.value };
  const isShort = isShortPath(file.model, { facts, wrt: [ends.wrt], scores: fragment.reads });
  const graph = gradientGraph(file.model, facts, ends, fragment, isShort ? RULES : rulesFor(device));
  // This graph runs once for each class, so the runtime's own copies of many weights would cost more than they save.
  return open(explainer, file, encodeWithFeeds(file.model, graph), { prepack: isShort });
}

/**
 * Whether a gradient passes few weights and no operator that the rules for a CPU make faster. It is then computed as in an exported
 * graph, by the same rules and kernels, so that both give the same bits.
 */
function isShortPath({ graph, initializers }: Model, ends: Omit<GradientPath, 'nodes'>): boolean {
  const { nodes } = nodesOnPath({ ...ends, nodes: graph.node });
  if (nodes.some((node) => COSTLY.has(operatorOf(node)))) return false;
  const weights = [...new Set(nodes.flatMap(({ input }) => input))].flatMap((name) => initializers.get(name) ?? []);
  return weights.reduce((sum, tensor) => sum + sizeOf(dimsOf(tensor)), 0) <= FEW_WEIGHTS;
}

const COSTLY: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool']);
/** Two blocks of ViT-B/16, for example. All twelve took 0.6 s more to load and 370 MB more when they were packed. */
const FEW_WEIGHTS = 2 ** 24;

/**
 * The graph takes one image at a time, since a gradient graph is bound to the shapes it was built for. On a CPU several
 * images are not faster: 65 gradients a second were measured one by one and 53 in groups of eight for MobileNet v2, 57
 * and 46 for SqueezeNet.
 */
function makeInputGradient(explainer: Explainer, file: ModelFile, rules: RuleTable): Promise<Session> {
  const { info, facts, fragment } = explainer;
  const { name } = info.input;
  const graph = gradientGraph(file.model, facts, { source: name, wrt: name }, fragment, rules);
  return open(explainer, file, encodeModel(file.model, graph));
}

function makeDownstream(explainer: Explainer, file: ModelFile): Promise<Session> {
  const { info, facts, fragment } = explainer;
  const places = { layer: info.layer.value, start: startInUse(info).tensor };
  const graph = downstreamGraph(file.model, facts, places, fragment);
  return open(explainer, file, encodeModel(file.model, graph));
}

/** @throws model-unreadable if the graph asks for too much */
function makeOwnMap(explainer: Explainer, file: ModelFile): Promise<Session> {
  if (!file.exported) throw errors.internal(`${explainer.info.path} makes no map of its own`);
  const { whole } = file.exported;
  checkBounds(whole);
  return open(explainer, file, encodeModel(whole, whole.graph));
}

async function makeLinearHead(explainer: Explainer, file: ModelFile): Promise<Float32Array | undefined> {
  const { info, facts } = explainer;
  const graph = linearHeadGraph(file.model, facts, layerOf(explainer), info.output.logits);
  if (!graph) return undefined;
  const session = await open(explainer, file, encodeModel(file.model, graph), { device: 'cpu' });
  try {
    const weights = (await session.run({}, [LINEAR_WEIGHTS]))[LINEAR_WEIGHTS]!.data as Float32Array;
    // A single score stands for two classes, of which the first one has the opposite score.
    const isPair = weights.length * 2 === info.output.classes * layerOf(explainer).channels;
    return isPair ? Float32Array.from([...weights.map((weight) => -weight), ...weights]) : weights;
  } finally {
    await session.release();
  }
}

/**
 * Size of a model in bytes from which on there is no session without the blend. The weights would be held twice, and
 * the cost of the blend is negligible for a large model.
 */
const LARGE = 2 ** 27;

async function makeImages(
  explainer: Explainer,
  file: ModelFile,
  places: Parameters<typeof imageGraph>[2],
): Promise<Session | undefined> {
  const { info, facts, fragment } = explainer;
  if (info.bytes > LARGE) return undefined;
  const graph = imageGraph(file.model, facts, places, fragment);
  return open(explainer, file, encodeModel(file.model, graph));
}

async function open(
  { info, device }: Explainer,
  file: ModelFile,
  encoded: EncodedModel,
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  const buffers = await file.buffers(encoded);
  return createSession(info.path, encoded, buffers, { device, optimize: 'all', prepack: true, ...options });
}
