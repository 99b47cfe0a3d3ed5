// Talks to the server. Tokens live in this module's memory alone: a reload forgets them.

let access = null;
let refresh = null;
let onEnd = () => {};

/** A refusal, with the server's words for it. */
export class Refused extends Error {
  constructor(status, problem) {
    const fields = (problem?.errors ?? []).map((error) => error.message).filter(Boolean);
    super([problem?.detail ?? problem?.title ?? String(status), ...fields].join(" "));
    this.status = status;
  }
}

/** What to do when the session has ended. */
export const whenEnded = (listener) => { onEnd = listener; };

async function send(path, language, options = {}) {
  const headers = { "Accept-Language": language, ...options.headers };
  if (access) headers.Authorization = `Bearer ${access}`;
  const response = await fetch(`/api/v1${path}`, { ...options, headers, cache: "no-store", credentials: "omit", redirect: "error" });
  const text = await response.text();
  const body = text ? JSON.parse(text) : null;
  return { ok: response.ok, status: response.status, body };
}

const post = (path, language, body) => send(path, language, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

function keep(tokens) {
  access = tokens.access_token;
  refresh = tokens.refresh_token;
}

/** Logs in. */
export async function logIn(username, password, language) {
  access = null;
  const answer = await post("/auth/login", language, { username, password });
  if (!answer.ok) throw new Refused(answer.status, answer.body);
  keep(answer.body);
}

/** Ends the session here and on the server. */
export async function logOut(language) {
  const ending = access ? post("/auth/logout", language, {}) : null;
  access = null;
  refresh = null;
  await ending?.catch(() => {});
}

let renewing = null;

async function renew(language) {
  const token = refresh;
  refresh = null;
  access = null;
  if (!token) return false;
  const answer = await post("/auth/refresh", language, { refresh_token: token });
  if (answer.ok) keep(answer.body);
  return answer.ok;
}

/** Reads; renews the access token once where it has expired. */
export async function read(path, language) {
  let answer = await send(path, language);
  if (answer.status === 401) {
    // A refresh token is good once: whoever comes second waits for the first.
    renewing ??= renew(language).finally(() => { renewing = null; });
    if (await renewing) answer = await send(path, language);
  }
  if (answer.status === 401) onEnd();
  if (!answer.ok) throw new Refused(answer.status, answer.body);
  return answer.body;
}
