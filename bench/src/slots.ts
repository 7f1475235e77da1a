/** One measurement of one system. */
export type Slot = { readonly round: number; readonly connections: number; readonly system: string };

/**
 * A B C D, then B C D A, and so on: in every round each system is measured once per number of connections, close in
 * time to the others, and the order rotates, so that neither drift nor a neighbour's heat favours one of them.
 */
export const slots = (systems: readonly string[], connections: readonly number[], rounds: number): Slot[] =>
  Array.from({ length: rounds }, (_none, round) => {
    const turn = round % systems.length;
    const rotated = [...systems.slice(turn), ...systems.slice(0, turn)];
    return connections.flatMap((count) => rotated.map((system) => ({ round, connections: count, system })));
  }).flat();
