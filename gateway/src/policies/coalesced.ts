/**
 * Runs one at a time. Whoever asks while a run is under way shares one further run, which begins when that one has ended:
 * what was changed before asking is never missed. `run` is told every reason it was asked for.
 */
export const coalesced = <Why, Result>(
  run: (whys: ReadonlySet<Why>) => Promise<Result>,
): ((why: Why) => Promise<Result>) => {
  let isRunning = false;
  let next: (PromiseWithResolvers<Result> & { readonly whys: Set<Why> }) | undefined;

  const begin = (whys: ReadonlySet<Why>): Promise<Result> => {
    isRunning = true;
    const result = run(whys);
    void result.then(ended, ended);
    return result;
  };

  const ended = (): void => {
    isRunning = false;
    const waiting = next;
    next = undefined;
    waiting?.resolve(begin(waiting.whys));
  };

  return (why) => {
    if (!isRunning) return begin(new Set([why]));
    next ??= { ...Promise.withResolvers<Result>(), whys: new Set() };
    next.whys.add(why);
    return next.promise;
  };
};
