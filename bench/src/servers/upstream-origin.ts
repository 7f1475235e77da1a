/** The proxies of the comparison get the upstream's origin as their only argument. */
export const upstreamOrigin = (): string => {
  const origin = process.argv[2];
  if (origin === undefined) throw new Error('the first argument must be the origin of the upstream');
  return origin;
};
