import { type Command, Option } from 'commander';
import { METHODS } from '../../core/methods/names';
import { DEVICES } from '../../protocol/devices';
import { checkNode } from '../../runner/node-version';
import type { Terminal } from '../terminal';
import { COUNT, choiceOption, listOption, numberOption } from '../values';

/** Adds `dataset` and `query` to the command line. What they need is loaded only when they run. */
export function addDataset(program: Command, terminal: Terminal): void {
  program
    .command('dataset')
    .description('compute predictions and maps of all images of a dataset; run again, it goes on where it was stopped')
    .argument(
      '<folder|annotations|list>',
      'a folder of images, annotations (COCO, YOLO, Pascal VOC), or a list (CSV, JSONL, a text file of paths)',
    )
    .addOption(
      listOption('--model <m.onnx>', 'the classifier, may be repeated to compare several').makeOptionMandatory(),
    )
    .requiredOption('--run <r.groupcam>', 'the run file, which is made or brought up to date')
    .addOption(
      new Option('--maps <name>', `a method for better maps than the sweep's Grad-CAM (${METHODS.join(', ')})`).choices(
        METHODS,
      ),
    )
    .addOption(
      new Option('--for <rows>', 'which images get these maps: the wrong ones (default), all, none').choices([
        'all',
        'wrong',
        'none',
      ]),
    )
    .addOption(numberOption('--limit <n>', 'so many of the images, drawn at random', COUNT))
    .option('--mapping <file.json>', 'which classes of the model a category of the dataset means (default: by name)')
    .option('--labels <file>', "names of the model's classes (default: those that the model comes with)")
    .addOption(choiceOption('--device <name>', 'where the model runs', DEVICES, 'auto'))
    .addOption(new Option('--verbose', 'show the stack trace of an error, and what the engine writes'))
    .action(async (source, options) => {
      checkNode();
      const { dataset } = await import('./dataset');
      await dataset(source, options, terminal);
    });

  program
    .command('query')
    .description('print rows of a run file: all, or those that a query asks for')
    .argument('<r.groupcam>', 'the run file')
    .argument(
      '[query]',
      'such as: wrong and true = cat and p > 0.9 order by loss desc limit 20 (default: all, in the order of paths)',
    )
    .option('--version <name>', 'the version of the model, by its name (default: the newest)')
    .addOption(new Option('--csv', 'print CSV on stdout').conflicts(['json', 'paths', 'parquet']))
    .addOption(new Option('--json', 'print a line of JSON for each row on stdout').conflicts(['paths', 'parquet']))
    .addOption(new Option('--paths', 'print the path of each image on stdout (default)').conflicts(['parquet']))
    .option('--parquet <file>', 'write a Parquet file')
    .addOption(new Option('--verbose', 'show the stack trace of an error'))
    .action(async (run, query, options) => {
      checkNode();
      const { query: ask } = await import('./query');
      await ask(run, query ?? '', options, terminal);
    });
}
