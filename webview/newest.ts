/**
 * Runs one task at a time; of those that come meanwhile only the newest, so that nothing queues up.
 *
 * @returns settles once the task, or a newer one in its place, has run
 */
export function newestOnly<Task>(run: (task: Task) => Promise<void>): (task: Task) => Promise<void> {
  let newest: Task;
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const start = (): Promise<void> => {
    following = undefined;
    running = run(newest).finally(() => {
      running = undefined;
    });
    return running;
  };
  return (task) => {
    newest = task;
    if (!running) return start();
    following ??= running.then(start, start);
    return following;
  };
}
