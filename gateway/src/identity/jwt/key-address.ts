import { isLoopback } from '../../config/address.ts';

/** Whether keys may be fetched from there: https, or plain http where nobody can come between. */
export const isKeyAddress = (text: string): boolean => {
  if (!/^https?:\/\/[!-~]+$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash, port } = new URL(text);
  if (username !== '' || password !== '' || hash !== '' || text.includes('#')) return false;
  const host = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'https:' || isLoopback({ host, port: Number(port) });
};
