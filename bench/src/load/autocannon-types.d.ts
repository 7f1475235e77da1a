/** The part of autocannon that is used here; the package brings no types. */
declare module 'autocannon' {
  export type Client = { readonly setRequests: (requests: readonly { method: 'GET'; path: string }[]) => void };
  export type Options = {
    readonly url: string;
    readonly connections: number;
    readonly duration: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly requests: readonly { method: 'GET'; path: string }[];
    readonly setupClient: (client: Client) => void;
    readonly verifyBody: (body: string) => boolean;
  };
  export type Result = {
    readonly non2xx: number;
    readonly errors: number;
    readonly mismatches: number;
    readonly duration: number;
    readonly requests: { readonly total: number };
    readonly latency: { readonly p50: number; readonly p99: number };
  };
  const autocannon: (options: Options) => Promise<Result>;
  export default autocannon;
}
