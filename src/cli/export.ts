import type { Command } from 'commander';
import { DEFAULT_CHOICE } from '../core/methods/choice';
import { EXPORTABLE, type MethodName } from '../core/methods/names';
import type { ExportChoice } from '../protocol/explanation';
import type { Service } from '../protocol/requests';
import { methodChoicesOf } from './method-options';
import { orStopped } from './stopped';
import type { Terminal } from './terminal';
import { addMaskOptions, choiceOption, givenMasks, listOption, type MaskFlags, verboseOption } from './values';

/** The options of `export` under the names that the command line gives them. */
interface ExportOptions extends MaskFlags, Pick<ExportChoice, 'class' | 'size' | 'external'> {
  readonly model: string;
  readonly output: string;
  readonly layer?: readonly string[];
  readonly method: MethodName;
  readonly option?: readonly string[];
}

export function addExport(program: Command, service: () => Service, terminal: Terminal): void {
  const { method } = DEFAULT_CHOICE;
  addMaskOptions(
    program
      .command('export')
      .description('write a model that makes its own saliency map, for any runtime of ONNX')
      .requiredOption('--model <m.onnx>', 'the ONNX model')
      .requiredOption('--output <m.explained.onnx>', 'the model to write')
      .addOption(
        listOption(
          '--layer <tensor>',
          'the layer to explain, a single one (default: the one that `group-cam inspect` prints)',
        ),
      )
      .addOption(choiceOption('--method <name>', 'the method that computes the map', EXPORTABLE, method))
      .addOption(
        listOption('--option <name=value>', 'an option of the method; may be repeated. `group-cam methods` lists them'),
      ),
  )
    .addOption(
      choiceOption(
        '--class <which>',
        'the class that the map explains: the most probable one, or that of an input "class"',
        ['top', 'input'],
        'top',
      ),
    )
    .addOption(choiceOption('--size <of>', 'the size of the map', ['layer', 'input'], 'input'))
    .addOption(
      choiceOption(
        '--external <where>',
        'weights that lie in files beside the model: they stay there, or go into the written file',
        ['keep', 'pack'],
        'keep',
      ),
    )
    .addOption(verboseOption())
    .action((options) => orStopped(terminal, exportModel(options, service(), terminal), 'nothing was written'));
}

async function exportModel(options: ExportOptions, service: Service, terminal: Terminal): Promise<void> {
  const { model, layer, output, option: pairs, external, size } = options;
  const given = { ...givenMasks(options), pairs, seed: 0 };
  const [choice] = methodChoicesOf([options.method], given, terminal.say);
  const made = await service.export(
    {
      ...choice!,
      ...{ output, external, size, class: options.class },
      model: { path: model, ...(layer !== undefined && { layer }) },
    },
    { signal: terminal.signal, emit() {} },
  );
  for (const note of made.notes) terminal.say(`${output}: ${note}`);
  const images = made.images === 'any' ? 'any number of images' : 'one image';
  terminal.say(
    `${output}: ${made.method} of ${made.layer}, ${made.bytes} bytes, for ${images}; its maps differ by at most ${made.difference.toPrecision(2)} from those of \`group-cam explain\``,
  );
}
