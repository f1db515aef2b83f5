// A certified OpenID provider (oidc-provider) for tests. Its first line of input is
// JSON: {issuer, port, cert, key, clients}. It prints "ready" once it listens, and
// ends with its input. Whoever comes to sign in is the person that POST /test/person
// was last told of; POST /test/rotate gives it new keys.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const input = createInterface({ input: process.stdin });
input.once('close', () => process.exit());
const settings = JSON.parse(await new Promise(resolve => input.once('line', resolve)));

let person = {};
let serve;
let keys = 0;

const signingKey = () => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: `key-${keys += 1}`, use: 'sig', alg: 'RS256' });

function start() {
  const provider = new Provider(settings.issuer, {
    clients: settings.clients,
    jwks: { keys: [signingKey()] },
    cookies: { keys: ['for tests only'] },
    acrValues: ['low', 'high'],
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], acr: null },
    conformIdTokenClaims: false,
    enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'RS512', 'PS256', 'ES256'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/test/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...person.claims }) }),
  });
  const callback = provider.callback();
  serve = async (request, response) => {
    if (request.method === 'POST' && request.url === '/test/person') {
      person = JSON.parse(await body(request));
      return response.writeHead(204).end();
    }
    if (request.method === 'POST' && request.url === '/test/rotate') {
      start();
      return response.writeHead(204).end();
    }
    if (request.url.startsWith('/test/interaction/')) return signIn(provider, request, response);
    return callback(request, response);
  };
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

async function signIn(provider, request, response) {
  const { params, session } = await provider.interactionDetails(request, response);
  if (person.refuses) return provider.interactionFinished(request, response, { error: 'access_denied' });
  const grant = new provider.Grant({ accountId: person.sub ?? session?.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const login = { accountId: person.sub, acr: person.acr, amr: person.amr, remember: false };
  return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
}

start();
createServer({ cert: settings.cert, key: settings.key }, (request, response) => serve(request, response).catch(problem => {
  console.error(problem);
  response.writeHead(500).end();
})).listen(settings.port, '127.0.0.1', () => console.log('ready'));
