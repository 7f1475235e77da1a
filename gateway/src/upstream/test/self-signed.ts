import { generateKeyPairSync, sign } from 'node:crypto';

/**
 * A fresh key pair for `localhost` with a certificate that nobody but itself vouches for (RFC 5280, 4.1), valid from
 * yesterday until tomorrow: for tests of what must not be trusted. Both are PEM.
 */
export const selfSigned = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid(commonName), der(utf8String, Buffer.from('localhost')))));
  const signedPart = sequence(
    der(explicit(0), integer(2)),
    integer(1),
    sequence(oid(ecdsaWithSha256)),
    name,
    sequence(time(Date.now() - dayMs), time(Date.now() + dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(explicit(3), sequence(isAuthority, nameOfHost('localhost'))),
  );
  const signature = Buffer.concat([noUnusedBits, sign('sha256', signedPart, privateKey)]);
  const certificate = sequence(signedPart, sequence(oid(ecdsaWithSha256)), der(bitString, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
};

const dayMs = 24 * 60 * 60 * 1_000;
const [booleanTag, integerTag, bitString, octetString, oidTag, utf8String, utcTime] = [1, 2, 3, 4, 6, 12, 23];
const explicit = (tag: number): number => 0xa0 + tag;
const noUnusedBits = Buffer.of(0);

/** Tag, length, content (ITU-T X.690, 10.1), for contents of less than 64 KB. */
const der = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, ...lengthBytes(content.length)), content]);
};

const lengthBytes = (length: number): readonly number[] => {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
};

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => der(0x31, ...parts);
const integer = (value: number): Buffer => der(integerTag, Buffer.of(value));
const time = (atMs: number): Buffer =>
  der(utcTime, Buffer.from(`${new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

/** Object identifiers, encoded: id-at-commonName, ecdsa-with-SHA256, id-ce-basicConstraints, id-ce-subjectAltName. */
const commonName = [0x55, 0x04, 0x03];
const ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const basicConstraints = [0x55, 0x1d, 0x13];
const subjectAltName = [0x55, 0x1d, 0x11];
const oid = (bytes: readonly number[]): Buffer => der(oidTag, Buffer.from(bytes));

/** Without it nobody could name the certificate as an authority, not even who wants to trust it. */
const isAuthority = sequence(oid(basicConstraints), der(octetString, sequence(der(booleanTag, Buffer.of(0xff)))));
const nameOfHost = (host: string): Buffer =>
  sequence(oid(subjectAltName), der(octetString, sequence(der(0x82, Buffer.from(host)))));
