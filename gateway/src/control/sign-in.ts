import type { FastifyInstance } from 'fastify';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Sign in · Gatehouse</title>
  </head>
  <body>
    <main>
      <h1>You need to sign in</h1>
      <p>The page that you asked for is open to people who are known here. This installation accepts access tokens, which
        programs send along; it has no accounts for browsers yet.</p>
      <p>Ask whoever runs this installation for access.</p>
    </main>
  </body>
</html>
`;

/** Where `on-401: login` sends people. It reads nothing of the address that it is given: it leads nowhere. */
export const signInRoute = (app: FastifyInstance): void => {
  app.get('/sign-in', async (_request, reply) => {
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    return page;
  });
};
