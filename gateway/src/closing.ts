/** What was opened, closed in the opposite order. A step that fails does not keep the others from running. */
export type Closing = {
  readonly add: (name: string, close: () => void | Promise<void>) => void;
  /** Runs every step once; resolves with what failed, for the log. */
  readonly close: () => Promise<readonly string[]>;
};

export const closing = (): Closing => {
  const steps: { name: string; close: () => void | Promise<void> }[] = [];
  return {
    add: (name, close) => void steps.push({ name, close }),
    close: async () => {
      const failed: string[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step.close();
        } catch (error) {
          failed.push(`${step.name}: ${String(error)}`);
        }
      }
      return failed;
    },
  };
};
