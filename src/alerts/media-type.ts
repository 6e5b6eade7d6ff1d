/** A Content-Type taken apart, in lower case. */
export interface MediaType {
  readonly type: string;
  readonly charset: string | undefined;
}

/** Reads a Content-Type header; parameters other than `charset` are of no interest here. */
export function parseMediaType(header: string): MediaType {
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  return { type: type.trim(), charset };
}

/** Whether a media type says that its content is JSON: `application/json`, `text/json`, `application/x+json`. */
export function isJson(type: string): boolean {
  return /^[^/\s]+\/(?:json|[^/\s]+\+json)$/.test(type);
}
