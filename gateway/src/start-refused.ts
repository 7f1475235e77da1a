/** The gateway cannot start, or a command cannot run: the message says why and what to do. Ends up on the terminal, without a stack. */
export class StartRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartRefused';
  }
}
