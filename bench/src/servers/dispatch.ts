import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { serve } from './serve.ts';
import { upstreamOrigin } from './upstream-origin.ts';

/** Names that belong to one connection and are not passed on (RFC 9110 section 7.6.1), plus Host, which is the upstream's. */
const notPassedOn = new Set([
  'host',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'transfer-encoding',
  'expect',
]);

/** The leanest correct proxy on undici: raw header lists both ways, no body stream in between, no authorization. */
const pool = new Pool(upstreamOrigin(), { allowH2: false });

serve(
  createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    pool.dispatch({ method, path: url, headers: passedOn(request.rawHeaders), body }, answerTo(response));
  }),
);

const answerTo = (response: ServerResponse): Dispatcher.DispatchHandler => {
  let controller: Dispatcher.DispatchController | undefined;
  let left: Error | undefined;
  response.on('close', () => {
    if (response.writableFinished) return;
    left = new Error('the client left');
    controller?.abort(left);
  });
  return {
    onRequestStart: (started) => {
      controller = started;
      if (left) started.abort(left);
    },
    onResponseStart: (started, status) => {
      if (status >= 200) response.writeHead(status, passedOn(textsOf(started.rawHeaders)));
    },
    onResponseData: (started, chunk) => {
      if (response.write(chunk)) return;
      started.pause();
      response.once('drain', () => started.resume());
    },
    onResponseEnd: () => response.end(),
    onResponseError: () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    },
  };
};

const passedOn = (headers: readonly string[]): string[] => {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!notPassedOn.has(name.toLowerCase())) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
};

/** undici gives a flat list of buffers when the head came over HTTP/1.1. */
const textsOf = (headers: Dispatcher.DispatchController['rawHeaders']): string[] =>
  Array.isArray(headers) ? headers.map((each) => (typeof each === 'string' ? each : each.toString('latin1'))) : [];
