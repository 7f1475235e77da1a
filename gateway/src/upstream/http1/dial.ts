import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What a connection hears of its socket, beside the socket's own events. Neither is called before `Connect` returns. */
export type Ears = {
  readonly onConnected: () => void;
  /** `length` bytes are there until the call returns. False: no more for now, until the socket's `resume()`. */
  readonly onBytes: (bytes: Buffer, length: number) => boolean;
};

export type Connect = (ears: Ears) => Socket;

export type Dialer = {
  /** Host, and port where it is not the scheme's, as in a Host header. */
  readonly authority: string;
  readonly connect: Connect;
};

type DialOptions = {
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca: string | undefined;
  /** All sockets are read into this, one after another: what is kept of it has to be copied. */
  readonly buffer: Buffer;
};

const TCP_KEEP_ALIVE_MS = 60_000;

/** Opens connections to one origin: over TLS, only to whom the certificate names. Throws for what is no origin. */
export const dialer = (origin: string, { ca, buffer }: DialOptions): Dialer => {
  const { protocol, hostname, port, host, pathname, search, hash, username, password } = new URL(origin);
  const isBare = pathname === '/' && search + hash + username + password === '';
  if (!isBare || (protocol !== 'http:' && protocol !== 'https:')) throw new Error(`${origin} is no origin`);
  const to = {
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: Number(port === '' ? defaultPorts[protocol] : port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
  };
  const reading = (ears: Ears) => ({
    onread: { buffer, callback: (length: number) => ears.onBytes(buffer, length) },
  });
  if (protocol === 'http:') {
    return {
      authority: host,
      connect: (ears) => connectTcp({ ...to, ...reading(ears) }).once('connect', ears.onConnected),
    };
  }
  let session: Buffer | undefined;
  const secure = {
    ...to,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    // An address is no server name (RFC 6066, 3); the certificate is held against it all the same.
    ...(isIP(to.host) === 0 ? { servername: to.host } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  return {
    authority: host,
    connect: (ears) =>
      connectTls({ ...secure, ...(session === undefined ? {} : { session }), ...reading(ears) })
        .on('session', (ticket) => {
          session = ticket;
        })
        .once('secureConnect', ears.onConnected),
  };
};

const defaultPorts = { 'http:': 80, 'https:': 443 } as const;
