/** Addresses of queues. Pure; no text that leaves this file holds a password but `connection`. */
import { datasetErrors } from '../../core/dataset-errors';

export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** Certificates are checked, also against those of the variable NODE_EXTRA_CA_CERTS. */
  readonly tls?: { readonly servername?: string };
}

export interface QueueAddress {
  readonly connection:
    | { readonly kind: 'redis'; readonly options: RedisConnection }
    | { readonly kind: 'postgres'; readonly url: string };
  /** For people: without user, password and options. */
  readonly shown: string;
  /** A text without what the address keeps secret: what libraries and servers say may repeat it. */
  readonly withoutSecrets: (text: string) => string;
}

/** Whether the connection is by TLS. */
const REDIS: ReadonlyMap<string, boolean> = new Map([
  ['redis:', false],
  ['rediss:', true],
  ['valkey:', false],
  ['valkeys:', true],
]);
const POSTGRES = new Set(['postgres:', 'postgresql:']);
const PORT = 6379;

/**
 * @param text such as `redis://host:6379`, `rediss://user:password@host`, `postgres://user:password@host/database`
 * @throws queue-address
 */
export function parseAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw datasetErrors.addressInvalid('it is not a URL');
  if (!url.hostname) throw datasetErrors.addressInvalid('it names no host');
  const { protocol, host, pathname } = url;
  const known = {
    shown: `${protocol}//${host}${pathname === '/' ? '' : pathname}`,
    withoutSecrets: hider(text, url),
  };
  if (REDIS.has(protocol)) return { ...known, connection: { kind: 'redis', options: redisOptions(url) } };
  if (POSTGRES.has(protocol)) return { ...known, connection: { kind: 'postgres', url: text } };
  throw datasetErrors.addressInvalid(`queues are reached by redis, rediss, valkey or postgres, not by ${protocol}//`);
}

function redisOptions(url: URL): RedisConnection {
  const { protocol, hostname, port, username, password, pathname, search } = url;
  const db = pathname.replace(/^\//, '') || '0';
  if (!/^\d{1,4}$/.test(db)) throw datasetErrors.addressInvalid('after the host comes the number of a database');
  if (search !== '') throw datasetErrors.addressInvalid('nothing may follow "?"');
  // Brackets of an IPv6 address belong to the URL alone.
  const plainHost = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host: plainHost,
    port: Number(port || PORT),
    db: Number(db),
    ...(username !== '' && { username: decoded(username) }),
    ...(password !== '' && { password: decoded(password) }),
    ...(REDIS.get(protocol) && { tls: /^[\d.:]+$/.test(plainHost) ? {} : { servername: plainHost } }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw datasetErrors.addressInvalid('its user or password has a % that is not written as %25');
  }
}

function hider(text: string, { password, searchParams }: URL): (said: string) => string {
  const secrets = [password, searchParams.get('password') ?? ''].filter(Boolean).flatMap((secret) => {
    const plain = decoded(secret);
    return [secret, plain, encodeURIComponent(plain)];
  });
  const hidden = [text, ...secrets].sort((a, b) => b.length - a.length);
  return (said) => hidden.reduce((rest, secret) => rest.replaceAll(secret, '***'), said);
}
