import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { serve } from './serve.ts';
import { upstreamOrigin } from './upstream-origin.ts';

const pool = new Pool(upstreamOrigin(), { allowH2: false });

/** The proxy that most people would write first: `undici.request`, then pipe the body. No authorization. */
const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = 'GET', url = '/' } = request;
  const { connection: _connection, host: _host, 'transfer-encoding': _framing, ...headers } = request.headers;
  const body = method === 'GET' || method === 'HEAD' ? null : request;
  const answer = await pool.request({ method, path: url, headers, body });
  const { connection: _theirs, 'keep-alive': _keepAlive, ...passedOn } = answer.headers;
  response.writeHead(answer.statusCode, passedOn);
  response.once('close', () => answer.body.destroy());
  answer.body.once('error', () => response.destroy()).pipe(response);
};

serve(
  createServer((request, response) => {
    forward(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
  }),
);
