import { createServer } from 'node:http';
import { answerBytes } from '../answer-bytes.ts';
import { serve } from './serve.ts';

const body = Buffer.alloc(answerBytes, 'x');

/** The application that every proxy speaks to: as little work per request as node:http allows. */
serve(
  createServer({ optimizeEmptyRequests: true }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': answerBytes }).end(body);
  }),
);
