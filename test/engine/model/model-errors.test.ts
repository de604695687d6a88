import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { GraphProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import { makeNode } from '../../../src/core/onnx/emit';
import { DataType } from '../../../src/core/onnx/tensors';
import { openModel } from '../../../src/engine/model/inspect';
import { testFolder } from '../../support/folder';
import { CLASSIFIER, type TinyModel, type TinyNode, tinyModel } from '../../support/tiny-model';

interface Case {
  readonly what: string;
  readonly code: string;
  readonly message: RegExp;
  /** Changes to a good classifier, `net.onnx`. */
  readonly model?: Partial<TinyModel>;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string | object>>;
  readonly layer?: string;
  /** The name of a file beside it. */
  readonly labels?: string;
}

/** A body that gives the image under a name. */
const bodyOf = (name: string) =>
  create(GraphProtoSchema, {
    name: 'body',
    node: [makeNode('Identity', name, ['image'], [name], {})],
    output: [create(ValueInfoProtoSchema, { name })],
  });

const CASES: readonly Case[] = [
  {
    what: 'a layer that is none',
    code: 'unknown-layer',
    message: /net\.onnx: no layer "rely" .*Candidates: relu\./,
    layer: 'rely',
  },
  {
    what: 'a tensor without rows and columns as the layer',
    code: 'unknown-layer',
    message: /Candidates: relu, map\./,
    layer: 'pooled_row',
  },
  {
    what: 'labels of the wrong length',
    code: 'labels-length',
    message: /l\.txt: 3 labels for 2 classes/,
    files: { 'l.txt': 'a\nb\nc\n' },
    labels: 'l.txt',
  },
  { what: 'labels that are not there', code: 'labels-unreadable', message: /l\.txt: labels.*ENOENT/, labels: 'l.txt' },
  {
    what: 'labels of the sidecar that are not there',
    code: 'labels-unreadable',
    message: /l\.txt, which .*net\.explain\.json names: labels can't be read \(ENOENT/,
    files: { 'net.explain.json': { labels: 'l.txt' } },
  },
  {
    what: 'a layer of the sidecar that is none',
    code: 'sidecar-invalid',
    message: /net\.explain\.json: layer: no layer "conv"/,
    files: { 'net.explain.json': { layer: 'conv' } },
  },
  {
    what: 'a sidecar with an unknown key',
    code: 'sidecar-invalid',
    message: /net\.explain\.json: unknown key size/,
    files: { 'net.explain.json': { size: 1 } },
  },
  {
    what: 'a sidecar of another size than the graph',
    code: 'sidecar-invalid',
    message: /net\.explain\.json: input\.width: must be 8/,
    files: { 'net.explain.json': { input: { width: 224, height: 224 } } },
  },
  {
    what: 'a sidecar that is a folder',
    code: 'sidecar-invalid',
    message: /net\.explain\.json: can't be read/,
    files: { 'net.explain.json/a': '' },
  },
  {
    what: "a sidecar's labels of the wrong length",
    code: 'labels-length',
    message: /l\.txt: 1 labels/,
    files: { 'l.txt': 'a', 'net.explain.json': { labels: 'l.txt' } },
  },
  {
    what: 'Hugging Face labels of another model',
    code: 'labels-length',
    message: /config\.json: 1 labels/,
    files: { 'config.json': { id2label: { 0: 'a' } } },
  },
  {
    what: 'no image input',
    code: 'no-image-input',
    message: /image \(float \[1, 8\]\)/,
    model: { inputs: { image: [1, 8] } },
  },
  {
    what: 'an input besides the image',
    code: 'inputs-unknown',
    message: /net\.onnx: besides the image "image" it needs size \(float \[4\]\).*constant/,
    model: {
      inputs: { image: [1, 3, 8, 8], size: [4] },
      nodes: [
        ['Resize', 'image  size', 'larger', {}],
        ...CLASSIFIER.nodes.map(([op, from, to]): TinyNode => [op, from.replace('image', 'larger'), to]),
      ],
    },
  },
  {
    what: 'two images',
    code: 'several-image-inputs',
    message: /image .*mask/,
    model: { inputs: { image: [1, 3, 8, 8], mask: [1, 1, 8, 8] } },
  },
  {
    what: 'no scores',
    code: 'no-scores',
    message: /relu \[1, 4, 6, 6\]/,
    model: { outputs: ['relu'] },
  },
  ...(
    [
      ['a tensor', 'relu', {}],
      ['the input', 'image', { inputs: { 'group-cam:image': [1, 3, 8, 8] } }],
      ['the output', 'p', { outputs: ['group-cam:p'] }],
    ] as const
  ).map(([which, old, rest]): Case => {
    const renamed = (names: string) =>
      names
        .split(' ')
        .map((name) => (name === old ? `group-cam:${old}` : name))
        .join(' ');
    const nodes = CLASSIFIER.nodes.map(([op, from, to]): TinyNode => [op, renamed(from), renamed(to)]);
    return {
      what: `a name of ours: ${which}`,
      code: 'model-unreadable',
      message: new RegExp(
        `net\\.onnx: its tensor "group-cam:${old}" has a name that begins with group-cam:, .* Rename it`,
      ),
      model: { nodes, ...rest },
    };
  }),
  {
    what: 'a name of ours in a body',
    code: 'model-unreadable',
    message: /net\.onnx: its tensor "group-cam:masks" has a name/,
    model: {
      nodes: [
        ['ReduceMax', 'image', 'largest', { keepdims: { int: 0 } }],
        ['Cast', 'largest', 'some', { to: { int: DataType.BOOL } }],
        [
          'If',
          'some',
          'either',
          { then_branch: { graph: bodyOf('group-cam:masks') }, else_branch: { graph: bodyOf('other') } },
        ],
        ...CLASSIFIER.nodes.map(([op, from, to]): TinyNode => [op, from.replace('image', 'either'), to]),
      ],
    },
  },
  {
    what: 'a graph that the runtime refuses',
    code: 'runtime-failed',
    message: /net\.onnx: .*NoSuchOperator/,
    model: { nodes: [['NoSuchOperator', 'image', 'p']] },
  },
  {
    what: 'a graph that does not fit its weights',
    code: 'runtime-failed',
    message: /net\.onnx/,
    model: { weights: { ...CLASSIFIER.weights, fc: [7, 2] } },
  },
];

describe('opening a model fails with one clear error for', () => {
  const { at, write } = testFolder();
  for (const { what, code, message, model, files, layer, labels } of CASES)
    it(what, async () => {
      const path = write('net.onnx', tinyModel({ ...CLASSIFIER, ...model }));
      for (const [name, content] of Object.entries(files ?? {})) write(name, content);
      const choice = { path, ...(layer && { layer }), ...(labels && { labels: at(labels) }) };
      await assert.rejects(openModel(choice), (error: Error & { code?: string }) => {
        assert.equal(error.name, 'ExplainError', String(error.stack));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    });
});
