/**
 * Runs one task at a time. Of the tasks that arrive in the meantime only the newest is run, so that they do not queue
 * up.
 *
 * @returns a function whose promise settles when the task, or a newer one instead, has run
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
