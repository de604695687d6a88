import { type Command, Option } from 'commander';
import { METRICS } from '../../core/metrics/measurement';
import { DEVICE_CHOICES } from '../../protocol/devices';
import type { Service } from '../../protocol/requests';
import { orStopped } from '../stopped';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, choicesOption, compareOption, listOption, numberOption, SEED } from '../values';
import { evaluate } from './evaluate';

/** Adds `evaluate` to the command line. */
export function addEvaluate(program: Command, service: () => Service, terminal: Terminal): Command {
  return program
    .command('evaluate')
    .description(
      'measure how good the maps of several methods are on many images; if it is stopped, run it again to continue',
    )
    .argument(
      '<folder|annotations.json|list.csv>',
      'the images: a folder, annotations, or a list; they may name the classes to explain',
    )
    .option('--model <m.onnx>', 'the ONNX model (default: the embedded demo model)')
    .option('--layer <tensor>', 'the layer to explain (default: the one that `group-cam inspect` prints)')
    .addOption(
      compareOption('--methods <name,name...>', 'the methods to measure').default(
        ['group-cam', 'grad-cam'],
        'group-cam,grad-cam',
      ),
    )
    .addOption(
      listOption('--option <name=value>', 'an option of a method; may be repeated. `group-cam methods` lists them'),
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
    .option('--no-baselines', 'do not measure a random map and a blob in the centre for comparison')
    .addOption(numberOption('--limit <n>', 'evaluate only this many images, drawn at random', COUNT))
    .addOption(numberOption('--seed <n>', 'seed of all random numbers', SEED, 0))
    .addOption(choiceOption('--device <name>', 'the device that runs the model', DEVICE_CHOICES, 'auto'))
    .requiredOption('--report <folder>', 'folder of report.html, report.json and images.csv, and of the results so far')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action(async (source, options) => {
      await orStopped(terminal, evaluate(source, options, service, terminal));
    });
}
