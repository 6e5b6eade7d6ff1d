/** A request that is sent again and again. */
export interface Template {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where it stands in a template, each request has a number of its own, so that none is a repetition of another. */
export const NUMBER = '000000000000';

/** Answers a function that writes one request after another as bytes. */
export function createWriter({ url, headers, body }: Template, first: number): () => Buffer {
  const { pathname, host } = new URL(url);
  const lines = Object.entries({
    host,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  });
  const head = [`POST ${pathname} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  const text = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  const places = findAll(text, NUMBER);
  let last = first;
  return () => {
    last += 1;
    const digits = String(last).padStart(NUMBER.length, '0');
    for (const at of places) text.write(digits, at, 'latin1');
    return Buffer.from(text);
  };
}

function findAll(text: Buffer, what: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) found.push(at);
  return found;
}
