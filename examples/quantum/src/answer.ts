import type { IncomingMessage, ServerResponse } from 'node:http';

export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'stream'; readonly attach: (response: ServerResponse) => void };

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  kind: 'json',
  status,
  body,
  headers,
});

/** `{ "error": "not_found", "message": "There is no algorithm \"x\"." }`: a word for programs, a sentence for people. */
export const refusal = (
  status: number,
  error: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => json(status, { error, message }, headers);

export const send = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  switch (answer.kind) {
    case 'json': {
      const text = `${JSON.stringify(answer.body)}\n`;
      const head = {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
        'cache-control': 'no-store',
      };
      response.writeHead(answer.status, { ...head, ...answer.headers }).end(text);
      return;
    }
    case 'empty':
      response.writeHead(answer.status).end();
      return;
    case 'stream':
      if (request.method === 'HEAD') response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      else answer.attach(response);
  }
};
