import { strict as assert } from 'node:assert';
import {
  alone,
  classSought,
  comparedBy,
  miscounted,
  questionsText,
  readQuestions,
  TOP_CLASS,
  titledModels,
  type Wanted,
  withAnotherModel,
  withClass,
} from '../../../src/extension/explanation/comparison';
import { NOTHING_CHOSEN } from '../../../src/extension/explanation/method-choice';
import { explanation } from '../support';

const bee: Wanted = { target: { index: 1 }, title: 'bee' };
const cat: Wanted = { target: { index: 2 }, title: 'cat' };
const methods: Wanted[] = [
  { ...bee, title: 'RISE', method: 'rise' },
  { ...bee, title: 'Grad-CAM', method: 'grad-cam' },
];
const layers: Wanted[] = [
  { ...bee, title: 'conv', layer: 'conv' },
  { ...bee, title: 'relu', layer: 'relu' },
];
/** The first is the model in use. */
const models: Wanted[] = [
  { ...bee, title: 'a.onnx' },
  { target: { label: 'bee' }, title: 'b.onnx', model: { path: '/b.onnx' } },
];

describe('a comparison', () => {
  for (const [by, wanted] of [
    [undefined, []],
    [undefined, [bee]],
    ['classes', [bee, cat]],
    ['methods', methods],
    ['methods', [{ ...bee, title: 'own', own: true }, bee]],
    ['layers', layers],
    ['models', models],
  ] as const) {
    it(`of ${wanted.length} is by ${by}`, () => assert.equal(comparedBy(wanted), by));
  }

  it('goes on with another class; one of classes gives way to it', () => {
    assert.deepEqual(
      withClass(methods, cat).map(({ target, method, title }) => [target, method, title]),
      [
        [{ index: 2 }, 'rise', 'RISE'],
        [{ index: 2 }, 'grad-cam', 'Grad-CAM'],
      ],
    );
    assert.deepEqual(
      withClass(models, cat).map(({ target }) => target),
      [{ index: 2 }, { label: 'cat' }],
      'the classes of another model have other indices',
    );
    assert.deepEqual(withClass([bee, cat], cat), [cat]);
    assert.deepEqual(withClass([bee], cat), [cat]);
  });

  it('ends with the class of the cell in focus', () => {
    assert.deepEqual(alone([bee, cat], 1), [cat]);
    assert.deepEqual(alone(methods, 1), [{ target: { index: 1 }, title: 'class 1' }]);
    assert.deepEqual(alone(models, 1), [TOP_CLASS], "another model's class is none of the one in use");
    assert.deepEqual(alone([], 0), [TOP_CLASS]);
  });

  it('of methods outlives a change of the model, without its class', () => {
    assert.deepEqual(
      withAnotherModel(methods).map(({ target, method }) => [target, method]),
      [
        ['top', 'rise'],
        ['top', 'grad-cam'],
      ],
    );
    for (const wanted of [[bee], [bee, cat], layers, models]) assert.deepEqual(withAnotherModel(wanted), [TOP_CLASS]);
  });

  it('of models calls each by its file, where two are alike with as many folders as tell them apart', () => {
    const titles = (...paths: string[]) =>
      titledModels(paths.map((title) => ({ ...bee, title, hint: title }))).map(({ title, hint }) => [title, hint]);
    const paths = ['zoo/resnet50.onnx', 'a/x/net.onnx', 'b/x/net.onnx', 'b/net.onnx', 'net.onnx', 'Demo model'];
    const expected = ['resnet50', 'a/x/net', 'b/x/net', 'b/net', 'net', 'Demo model'];
    assert.deepEqual(
      titles(...paths),
      expected.map((title, i) => [title, paths[i]]),
    );
    assert.deepEqual(titles('C:\\zoo\\vgg.ONNX', 'zoo.v2.onnx'), [
      ['vgg', 'C:\\zoo\\vgg.ONNX'],
      ['zoo.v2', 'zoo.v2.onnx'],
    ]);
  });

  it('of models looks for the class that was chosen, else for that of the first model', () => {
    const slot = (index: number, differs?: string) => ({
      shown: { title: '', state: { kind: 'cancelled' }, ...(differs && { differs }) } as const,
      explanation: explanation(index),
    });
    const none = { shown: { title: '', state: { kind: 'cancelled' } } } as const;
    const others = models.slice(1);
    assert.equal(classSought(models, [none, none], 0), undefined, 'its own index');
    assert.deepEqual(classSought(models, [none, none], 1), { label: 'bee' });
    const top = [...models, ...others].map((one) => ({ ...one, target: 'top' }) as const);
    assert.equal(classSought(top, [none, none, none], 0), undefined);
    assert.deepEqual(classSought(top, [slot(2), none, none], 1), { label: 'label 2', index: 2 });
    assert.deepEqual(
      classSought(top, [none, slot(1), none], 2),
      { label: 'label 1', index: 1 },
      'the first has failed',
    );
    assert.deepEqual(classSought(top, [slot(2), slot(7, 'has no class'), none], 2), { label: 'label 2', index: 2 });
    assert.equal(classSought([TOP_CLASS, { ...TOP_CLASS, method: 'rise' }], [slot(2), none], 1), undefined);
  });

  it('takes two to six', () => {
    assert.match(miscounted(1) ?? '', /at least two/);
    assert.deepEqual([miscounted(2), miscounted(6)], [undefined, undefined]);
    assert.match(miscounted(7) ?? '', /7 chosen: at most 6/);
  });

  it('is read from its saved form, and anything else is refused', () => {
    const questions = [methods, [TOP_CLASS], models, [bee]];
    const others = [
      [0, methods],
      [2, models],
      [3, [bee]],
    ] as const;
    const chosen = { method: 'rise', options: { rise: { masks: 100 }, xrai: { order: 'fast' } } } as const;
    assert.deepEqual(readQuestions(questionsText(questions, chosen), 4), {
      others: new Map<number, readonly Wanted[]>(others),
      chosen,
    });
    const text = questionsText(questions, NOTHING_CHOSEN);
    assert.equal(readQuestions(text, 3), undefined, 'another number of images');
    const many = questionsText(
      Array.from({ length: 1000 }, () => [TOP_CLASS]),
      NOTHING_CHOSEN,
    );
    assert.ok(many.length < 80, `${many.length} characters for images of which nothing else was asked`);
    const asking = (wanted: unknown, index: unknown = 0) => JSON.stringify({ images: 1, others: [[index, wanted]] });
    const damaged = [
      '{',
      'null',
      '[7]',
      '{"images":1,"others":[7]}',
      asking([]),
      asking([bee], 1),
      asking([bee], 0.5),
      asking(['top']),
      asking([{ target: 'top' }]),
      asking([{ target: 'bottom', title: 'a' }]),
      asking([{ target: { index: 0.5 }, title: 'a' }]),
      asking([{ target: 'top', title: 'a', method: 'none' }]),
      asking([{ target: 'top', title: 'a', layer: 7 }]),
      asking([{ target: 'top', title: 'a', model: { path: 7 } }]),
      asking(Array(7).fill(TOP_CLASS)),
    ];
    for (const text of damaged) assert.equal(readQuestions(text, 1), undefined, text);
  });
});
