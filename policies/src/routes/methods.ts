/** The methods that a rule may name and a request may be routed by. CONNECT and TRACE are never proxied. */
export const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
