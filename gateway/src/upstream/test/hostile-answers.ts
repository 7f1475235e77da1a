import { plain } from './hostile-server.ts';

const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `X-${at}: y`);
const early = 'HTTP/1.1 103 Early Hints\r\n\r\n';
const hello = '5\r\nhello\r\n0\r\n\r\n';
const chunked = head('Transfer-Encoding: chunked');
const five = 'Content-Length: 5';

/** Odd but unambiguous: what the application writes, and the status that is heard. The body is always `hello`. */
export const odd: readonly (readonly [title: string, bytes: string, status: number])[] = [
  ['no reason', `HTTP/1.1 200\r\n${five}\r\n\r\nhello`, 200],
  ['an empty reason', `HTTP/1.1 200 \r\n${five}\r\n\r\nhello`, 200],
  ['a reason of any letters', `HTTP/1.1 404 \t Nicht  da: \xe4\r\n${five}\r\n\r\nhello`, 404],
  ['a length with leading zeros', `${head('Content-Length: 0005')}hello`, 200],
  ['a length without blanks', `${head('content-length:5')}hello`, 200],
  ['an encoding in other letters', `${head('TRANSFER-ENCODING: ChUnKeD')}${hello}`, 200],
  ['a size with leading zeros', `${chunked}0005\r\nhello\r\n000\r\n\r\n`, 200],
  ['chunk extensions', `${chunked}5;a;b=c;d="e;\\"f \xe4"\r\nhello\r\n0;last\r\n\r\n`, 200],
  ['many small chunks', `${chunked}${Array.from('hello', (letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`, 200],
  ['trailers', `${chunked}5\r\nhello\r\n0\r\nX-One: 1\r\nX-Two:\r\n\r\n`, 200],
  ['an offer to upgrade', `${head('Connection: upgrade', 'Upgrade: x', five)}hello`, 200],
  ['a status that has no content elsewhere', `HTTP/1.1 205 Reset\r\n${five}\r\n\r\nhello`, 205],
  ['250 lines', `${head(...numbered(250), five)}hello`, 200],
  ['a name of 31 KB', `${head(`${'x'.repeat(31_000)}: y`, five)}hello`, 200],
  ['16 informational heads', `${early.repeat(16)}${plain('hello')}`, 200],
  ['HTTP/1.0 and a length', `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${five}\r\n\r\nhello`, 200],
];

/** What no two readers need agree on, up to the end of the head. */
export const brokenHeads: readonly (readonly [title: string, bytes: string])[] = [
  ['a length with a sign', `${head('Content-Length: +5')}hello`],
  ['a length in hexadecimal', `${head('Content-Length: 0x5')}hello`],
  ['a length of two numbers', `${head('Content-Length: 5 5')}hello`],
  ['a length with a fraction', `${head('Content-Length: 5.0')}hello`],
  ['a length with an exponent', `${head('Content-Length: 5e0')}hello`],
  ['an empty length', `${head('Content-Length:')}hello`],
  ['a list of different lengths', `${head('Content-Length: 5,6')}hello`],
  ['the same length in two spellings', `${head('content-length: 5', 'CONTENT-LENGTH: 5')}hello`],
  ['a length beyond 2^64', `${head('Content-Length: 18446744073709551621')}hello`],
  ['a length behind a tab', `${head('Content-Length:\t5\t')}hello`],
  ['chunked and a tab', `${head('Transfer-Encoding: chunked\t')}${hello}`],
  ['chunked and a blank', `${head('Transfer-Encoding: chunked ')}${hello}`],
  ['no encoding', `${head('Transfer-Encoding:')}${hello}`],
  ['the encoding identity', `${head('Transfer-Encoding: identity')}hello`],
  ['chunked twice in a list', `${head('Transfer-Encoding: chunked, chunked')}${hello}`],
  ['chunked and a comma', `${head('Transfer-Encoding: chunked,')}${hello}`],
  ['almost chunked', `${head('Transfer-Encoding: xchunked')}${hello}`],
  ['chunked with a parameter', `${head('Transfer-Encoding: chunked;q=1')}${hello}`],
  ['chunked in quotes', `${head('Transfer-Encoding: "chunked"')}${hello}`],
  ['chunked behind a vertical tab', `${head('Transfer-Encoding: \x0bchunked')}${hello}`],
  ['chunked on a folded line', `${head('Transfer-Encoding:\r\n chunked')}${hello}`],
  ['a blank before the colon', `${head('Transfer-Encoding : chunked')}${hello}`],
  ['chunks and a length without content', 'HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n'],
  ['two lengths without content', 'HTTP/1.1 304 No\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n'],
  ['a bare LF for each line end', `HTTP/1.1 200 OK\n${five}\n\nhello`],
  ['a bare LF between lines', `HTTP/1.1 200 OK\r\nX: a\n${five}\r\n\r\nhello`],
  ['a bare LF for the empty line', `HTTP/1.1 200 OK\r\n${five}\r\n\nhello`],
  ['CR CR LF', `HTTP/1.1 200 OK\r\nX: a\r\r\n${five}\r\n\r\nhello`],
  ['a folded line', `${head('X: a\r\n b', five)}hello`],
  ['a line folded by a tab', `${head('X: a\r\n\tb', five)}hello`],
  ['a blank before the first line', `${head(' X: a', five)}hello`],
  ['a control byte in a value', `${head('X: a\x01b', five)}hello`],
  ['DEL in a value', `${head('X: a\x7fb', five)}hello`],
  ['a line without a colon', `${head('X', five)}hello`],
  ['an empty name', `${head(': a', five)}hello`],
  ['a blank in a name', `${head('X Y: a', five)}hello`],
  ['a letter beyond ASCII in a name', `${head('X\xe4: a', five)}hello`],
  ['brackets in a name', `${head('X(y): a', five)}hello`],
  ['NUL in a name', `${head('X\0: a', five)}hello`],
  ['CR in the reason', `HTTP/1.1 200 O\rK\r\n${five}\r\n\r\nhello`],
  ['HTTP/1.2', `HTTP/1.2 200 OK\r\n${five}\r\n\r\nhello`],
  ['HTTP/1.10', `HTTP/1.10 200 OK\r\n${five}\r\n\r\nhello`],
  ['http/1.1', `http/1.1 200 OK\r\n${five}\r\n\r\nhello`],
  ['ICY', `ICY 200 OK\r\n${five}\r\n\r\nhello`],
  ['two blanks before the status', `HTTP/1.1  200 OK\r\n${five}\r\n\r\nhello`],
  ['a tab before the status', `HTTP/1.1\t200 OK\r\n${five}\r\n\r\nhello`],
  ['a blank before everything', ` HTTP/1.1 200 OK\r\n${five}\r\n\r\nhello`],
  ['a status of two digits', `HTTP/1.1 20 OK\r\n${five}\r\n\r\nhello`],
  ['a status in hexadecimal', `HTTP/1.1 2a0 OK\r\n${five}\r\n\r\nhello`],
  ['no blank behind the status', `HTTP/1.1 200OK\r\n${five}\r\n\r\nhello`],
  ['the status 000', `HTTP/1.1 000 OK\r\n${five}\r\n\r\nhello`],
  ['the status 999', `HTTP/1.1 999 OK\r\n${five}\r\n\r\nhello`],
  ['a request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an informational head alone', early],
  ['garbage behind an informational head', `${early}hello\r\n\r\n`],
  ['an informational head with a body', `HTTP/1.1 102 P\r\n${five}\r\n\r\nhello${plain('hello')}`],
  [
    'an informational head with chunks',
    `HTTP/1.1 103 P\r\nTransfer-Encoding: chunked\r\n\r\n${hello}${plain('hello')}`,
  ],
  ['an informational head that closes', `HTTP/1.1 103 P\r\nConnection: close\r\n\r\n${plain('hello')}`],
  ['an informational head of HTTP/1.0', `HTTP/1.0 100 Continue\r\n\r\n${plain('hello')}`],
];

/** The head is good, the body is not. `body`: what of it may be heard before that is found. */
export const brokenBodies: readonly (readonly [title: string, bytes: string, body: string])[] = [
  ['an extension without a name', `${chunked}5;\r\nhello\r\n0\r\n\r\n`, ''],
  ['a blank before an extension', `${chunked}5 ;a=b\r\nhello\r\n0\r\n\r\n`, ''],
  ['a blank behind a size', `${chunked}5 \r\nhello\r\n0\r\n\r\n`, ''],
  ['a blank before a size', `${chunked} 5\r\nhello\r\n0\r\n\r\n`, ''],
  ['a control byte in an extension', `${chunked}5;a=\x01\r\nhello\r\n0\r\n\r\n`, ''],
  ['a bare LF behind an extension', `${chunked}5;a\nhello\r\n0\r\n\r\n`, ''],
  ['a bare CR in an extension', `${chunked}5;a\rb\r\nhello\r\n0\r\n\r\n`, ''],
  ['a quote that is not closed', `${chunked}5;a="b\r\nhello\r\n0\r\n\r\n`, ''],
  ['a size beyond 2^64', `${chunked}10000000000000005\r\nhello\r\n0\r\n\r\n`, ''],
  ['a size with a prefix', `${chunked}0x5\r\nhello\r\n0\r\n\r\n`, ''],
  ['a size with a plus', `${chunked}+5\r\nhello\r\n0\r\n\r\n`, ''],
  ['a negative size', `${chunked}-5\r\nhello\r\n0\r\n\r\n`, ''],
  ['no size', `${chunked}\r\nhello\r\n0\r\n\r\n`, ''],
  ['a bare LF behind a size', `${chunked}5\nhello\r\n0\r\n\r\n`, ''],
  ['a bare CR behind a size', `${chunked}5\rhello\r\n0\r\n\r\n`, ''],
  ['no line end behind data', `${chunked}5\r\nhello0\r\n\r\n`, 'hello'],
  ['a bare LF behind data', `${chunked}5\r\nhello\n0\r\n\r\n`, 'hello'],
  ['more data than the size', `${chunked}5\r\nhello!\r\n0\r\n\r\n`, 'hello'],
  ['a bare LF at the end', `${chunked}5\r\nhello\r\n0\r\n\n`, 'hello'],
  ['no line end at the end', `${chunked}5\r\nhello\r\n0\r\n`, 'hello'],
  ['40 KB of trailers', `${chunked}5\r\nhello\r\n0\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`, 'hello'],
  ['a blank in the name of a trailer', `${chunked}5\r\nhello\r\n0\r\nX y: 1\r\n\r\n`, 'hello'],
  ['a folded trailer', `${chunked}5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n`, 'hello'],
  ['a bare LF behind a trailer', `${chunked}5\r\nhello\r\n0\r\nX: 1\n\r\n`, 'hello'],
  ['NUL in a trailer', `${chunked}5\r\nhello\r\n0\r\nX: \0\r\n\r\n`, 'hello'],
  ['fewer bytes than the length over HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhello', 'hello'],
];

/** What undici understands in its own way, and a strict reader not at all. */
export const brokenForTheStrict: readonly (readonly [title: string, bytes: string])[] = [
  ['a length and a blank', `${head('Content-Length: 5 ')}hello`],
  ['a length beyond 2^53', `${head('Content-Length: 9007199254740992')}hello`],
  ['chunks over HTTP/1.0', `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${hello}`],
  ['16 KB of extensions', `${chunked}5;a=${'b'.repeat(17_000)}\r\nhello\r\n0\r\n\r\n`],
  ['an extension with an empty value', `${chunked}5;a=\r\nhello\r\n0\r\n\r\n`],
  ['an empty extension between others', `${chunked}5;a;;b\r\nhello\r\n0\r\n\r\n`],
  ['300 lines', `${head(...numbered(300), five)}hello`],
  ['NUL in the reason', `HTTP/1.1 200 O\0K\r\n${five}\r\n\r\nhello`],
  ['HTTP/2.0', `HTTP/2.0 200 OK\r\n${five}\r\n\r\nhello`],
  ['HTTP/0.9', `HTTP/0.9 200 OK\r\n${five}\r\n\r\nhello`],
  ['RTSP', `RTSP/1.1 200 OK\r\n${five}\r\n\r\nhello`],
  ['an empty line before everything', `\r\n${plain('hello')}`],
  ['17 informational heads', `${early.repeat(17)}${plain('hello')}`],
];

/** Ours to drop: whatever a trailer says of framing comes after everything that it could change. */
export const framingTrailers = `${chunked}5\r\nhello\r\n0\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\n`;
