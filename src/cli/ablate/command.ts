import { type Command, Option } from 'commander';
import { METHODS } from '../../core/methods/names';
import { METRICS } from '../../core/metrics/measurement';
import { DEVICE_CHOICES } from '../../protocol/devices';
import type { Service } from '../../protocol/requests';
import { orStopped } from '../stopped';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, choicesOption, listOption, numberOption, SEED } from '../values';
import { ablate } from './ablate';

/** Adds `ablate` to the command line. */
export function addAblate(program: Command, service: () => Service, terminal: Terminal): Command {
  return program
    .command('ablate')
    .description('measure how the options of a method change its maps; if it is stopped, run it again to continue')
    .argument('<folder|annotations.json|list.csv>', 'the images, as for evaluate')
    .addOption(
      listOption(
        '--sweep <name=value,value...>',
        'an option of the method and the values to try; may be repeated, for one option after another',
      ).makeOptionMandatory(),
    )
    .option('--model <m.onnx>', 'the ONNX model (default: the embedded demo model)')
    .option('--layer <tensor>', 'the layer to explain (default: the one that `group-cam inspect` prints)')
    .addOption(choiceOption('--method <name>', 'the method to measure', METHODS, 'group-cam'))
    .addOption(
      listOption(
        '--option <name=value>',
        'an option that stays the same; may be repeated. `group-cam methods` lists them',
      ),
    )
    .addOption(
      choicesOption('--metrics <name,name...>', `the metrics: ${METRICS.join(', ')}`, METRICS).default(
        ['insertion', 'deletion'],
        'insertion,deletion',
      ),
    )
    .addOption(
      listOption('--metric-option <name=value>', 'an option of a metric, such as step=448 or to=zero; may be repeated'),
    )
    .option(
      '--mapping <file.json>',
      'file that says which classes of the model a folder or a category means (default: those of the same name)',
    )
    .addOption(numberOption('--limit <n>', 'evaluate only this many images, drawn at random', COUNT))
    .addOption(numberOption('--seed <n>', 'seed of all random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .requiredOption('--report <folder>', 'folder of ablation.svg, ablation.json and the evaluation of each value')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action((source, options) => orStopped(terminal, ablate(source, options, service, terminal)));
}
