import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../test/ask.ts';
import { hostileServer, plain } from '../test/hostile-server.ts';
import { odd } from '../test/hostile-answers.ts';
import { answerReader, endAnswer, expectAnswer, readAnswer } from './answer-reader.ts';
import type { AnswerSink } from './answer-reader.ts';
import { http1Upstream } from './http1.ts';
import type { Http1Upstream } from './http1.ts';

type Heard = { heads: number; status: number; headers: readonly string[]; body: string; end: string };

/** What a reader says of an answer that comes in these pieces, all through one buffer that is used again. */
const hear = (pieces: readonly Buffer[], isToHead = false): Heard => {
  const heard: Heard = { heads: 0, status: 0, headers: [], body: '', end: 'none' };
  const buffer = Buffer.alloc(64 * 1024, 'HTTP/1.1 200 OK\r\n\r\n');
  const reader = answerReader(32 * 1024);
  const sink: AnswerSink = {
    onHead: ({ status, headers }) => Object.assign(heard, { heads: heard.heads + 1, status, headers }),
    onData: (chunk) => {
      expect(heard).toMatchObject({ heads: 1, end: 'none' });
      heard.body += chunk.toString('latin1');
    },
    onAnswerEnd: (isReusable) => {
      expect(heard).toMatchObject({ heads: 1, end: 'none' });
      heard.end = isReusable ? 'reusable' : 'complete';
    },
    onBroken: () => {
      expect(heard.end).toBe('none');
      heard.end = 'broken';
    },
  };
  expectAnswer(reader, isToHead);
  for (const piece of pieces) {
    piece.copy(buffer);
    readAnswer(reader, sink, buffer, piece.length);
  }
  if (heard.end === 'none' && !endAnswer(reader, sink)) heard.end = 'cut';
  return heard;
};

const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};
const places = fc.array(fc.nat(), { maxLength: 40 });
/** Surplus bytes are seen only when they come together with the end of the answer. */
const comparable = ({ end, ...heard }: Heard) => ({ ...heard, end: end === 'reusable' ? 'complete' : end });

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,16}$/);
const value = fc.stringMatching(/^(?:[!-~\x80-\xff](?:[ -~\t\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/);
const framing = /^(?:content-length|transfer-encoding|connection|keep-alive|proxy-connection|upgrade|trailer)$/i;
const field = fc.tuple(token, value).filter(([name]) => !framing.test(name));
const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
const line = fc.tuple(field, blanks, blanks).map(([[name, text], before, after]) => ({
  name,
  text,
  bytes: `${name}:${before}${text}${after}\r\n`,
}));
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b;\\"c\xe4"', ';x;y=z');

/** Any answer that everybody understands alike: its bytes, and what they mean. */
const answer = fc
  .record({
    early: fc.nat(3),
    status: fc.integer({ min: 200, max: 599 }),
    reason: fc.stringMatching(/^[ -~\t\x80-\xff]{0,12}$/),
    lines: fc.array(line, { maxLength: 8 }),
    framing: fc.constantFrom('length', 'chunks', 'close'),
    pieces: fc.array(fc.tuple(body, extension), { maxLength: 6 }),
    trailers: fc.array(line, { maxLength: 2 }),
  })
  .map(({ early, status, reason, lines, framing: kind, pieces, trailers }) => {
    const isBodiless = status === 204 || status === 304;
    const data = isBodiless ? '' : pieces.map(([piece]) => piece).join('');
    const how = isBodiless ? 'none' : kind;
    const chunks = pieces.filter(([piece]) => piece !== '');
    const chunked = chunks.map(([piece, extra]) => `${piece.length.toString(16)}${extra}\r\n${piece}\r\n`).join('');
    const end = `0\r\n${trailers.map(({ bytes }) => bytes).join('')}\r\n`;
    const framed = {
      none: ['', ''],
      length: [`Content-Length: ${data.length}\r\n`, data],
      chunks: ['Transfer-Encoding: chunked\r\n', chunked + end],
      close: ['', data],
    }[how];
    const [header = '', content = ''] = framed;
    const text =
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(early) +
      `HTTP/1.1 ${status} ${reason}\r\n${lines.map(({ bytes }) => bytes).join('')}${header}\r\n${content}`;
    const headers = [...lines.flatMap(({ name, text: said }) => [name, said]), ...header.trim().split(': ')];
    return {
      bytes: Buffer.from(text, 'latin1'),
      heard: { heads: 1, status, headers: headers.filter((one, at) => one !== '' || at % 2 === 1), body: data },
      end: how === 'close' ? 'complete' : 'reusable',
    };
  });

describe('an answer', () => {
  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(answer, places, ({ bytes, heard, end }, at) => {
        expect(hear(cut(bytes, at))).toEqual({ ...heard, end });
      }),
      { numRuns: 500 },
    );
  });

  it('to HEAD ends with its head', () => {
    fc.assert(
      fc.property(answer, places, ({ bytes, heard }, at) => {
        const head = bytes.subarray(
          0,
          bytes.indexOf('\r\n\r\n', bytes.lastIndexOf('HTTP/1.1 ' + String(heard.status))) + 4,
        );
        expect(comparable(hear(cut(head, at), true))).toEqual({ ...heard, body: '', end: 'complete' });
      }),
    );
  });

  it.each(odd)('with %s is the same however it is cut', (_title, text, status) => {
    const bytes = Buffer.from(text, 'latin1');
    fc.assert(
      fc.property(places, (at) => {
        expect(hear(cut(bytes, at))).toMatchObject({ heads: 1, status, body: 'hello' });
      }),
      { numRuns: 50 },
    );
  });

  it('of any bytes is judged alike however it is cut, and never throws', () => {
    const spoilt = fc
      .record({ whole: answer, at: fc.nat(), drop: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) })
      .map(({ whole: { bytes }, at, drop, put }) => {
        const place = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + drop)]);
      });
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: spoilt }, { weight: 1, arbitrary: any }), places, (bytes, at) => {
        const whole = comparable(hear([bytes]));
        expect(comparable(hear(cut(bytes, at)))).toEqual(whole);
        expect(comparable(hear(cut(bytes, bytes.keys().toArray())))).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('over sockets', () => {
  let upstream: Http1Upstream;
  beforeAll(() => {
    upstream = http1Upstream({ tickMs: 10 });
  });
  afterAll(() => upstream.close());

  it('an answer is what node:http understands', async () => {
    let bytes = Buffer.alloc(0);
    await using server = await hostileServer((socket) => socket.end(bytes));
    const nodeHears = (): Promise<{ status: number | undefined; headers: string[]; body: string }> =>
      new Promise((resolve, reject) => {
        request(server.origin, { agent: false }, (res) => {
          let text = '';
          res.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
          res.on('error', reject).on('end', () => {
            resolve({ status: res.statusCode, headers: res.rawHeaders, body: text });
          });
        })
          .on('error', reject)
          .end();
      });
    await fc.assert(
      fc.asyncProperty(answer, async (one) => {
        ({ bytes } = one);
        const { status, headers, body: text, failure } = await ask(upstream, { origin: server.origin }).done;
        const theirs = await nodeHears();
        expect(failure).toBeUndefined();
        expect({ status, body: text }).toEqual({ status: theirs.status, body: theirs.body });
        // node leaves blanks behind a value where they are.
        expect(headers).toEqual(theirs.headers.map((said) => said.replace(/[ \t]+$/, '')));
      }),
      { numRuns: 150 },
    );
  });

  it('whatever comes for one request never reaches the next', async () => {
    let pieces: readonly Buffer[] = [];
    await using server = await hostileServer((socket, head) => {
      if (head.includes('/second')) return void socket.write(plain('second'));
      socket.setNoDelay(true);
      for (const piece of pieces) socket.write(piece);
    });
    const poison = Buffer.from(plain('poison'));
    const bad = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(
        answer,
        fc.constantFrom(poison, Buffer.from('\r\n')),
        bad,
        places,
        async (one, extra, junk, at) => {
          pieces = cut(Buffer.concat([one.bytes, extra, junk]), at);
          const own = http1Upstream({ connectionsMax: 1, tickMs: 10 });
          const first = await ask(own, { origin: server.origin, idleTimeoutMs: 30, headersTimeoutMs: 30 }).done;
          const second = await ask(own, { origin: server.origin, path: '/second' }).done;
          expect(first.ends).toBe(1);
          expect(second).toMatchObject({ status: 200, body: 'second', failure: undefined });
          await own.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});
