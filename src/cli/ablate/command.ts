import { type Command, Option } from 'commander';
import { METHODS } from '../../core/methods/names';
import { METRICS } from '../../core/metrics/measurement';
import { DEVICES } from '../../protocol/devices';
import type { Service } from '../../protocol/requests';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, choicesOption, listOption, numberOption, SEED } from '../values';
import { ablate } from './ablate';

/** Adds `ablate` to the command line. */
export function addAblate(program: Command, service: () => Service, terminal: Terminal): Command {
  return program
    .command('ablate')
    .description("measure a method's maps at several values of its options; run again, it goes on where it was stopped")
    .argument('<folder|annotations.json|list.csv>', 'the images, as for evaluate')
    .addOption(
      listOption('--sweep <name=value,value...>', 'an option and its values, may be repeated').makeOptionMandatory(),
    )
    .option('--model <m.onnx>', 'the classifier (default: the embedded demo model)')
    .option('--layer <tensor>', 'the target layer (default: see inspect)')
    .addOption(choiceOption('--method <name>', 'the method', METHODS, 'group-cam'))
    .addOption(listOption('--option <name=value>', 'another option of the method, may be repeated; see methods'))
    .addOption(
      choicesOption('--metrics <name,name...>', `the metrics: ${METRICS.join(', ')}`, METRICS).default(
        ['insertion', 'deletion'],
        'insertion,deletion',
      ),
    )
    .addOption(listOption('--metric-option <name=value>', 'an option of a metric, such as step=448 or to=zero'))
    .option(
      '--mapping <file.json>',
      'which classes a category of the annotations, or a folder, shows (default: by name)',
    )
    .addOption(numberOption('--limit <n>', 'evaluate so many of the images, drawn at random', COUNT))
    .addOption(numberOption('--seed <n>', 'of all random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .requiredOption('--report <folder>', 'where ablation.svg, ablation.json and the evaluations of each value go')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action((source, options) => ablate(source, options, service, terminal));
}
