/**
 * @file Every conversation with the server.
 * Invariant: a failure is always an `ApiError` whose message is a sentence fit to be shown.
 */

const UNREACHABLE = "The playground cannot be reached just now. What you typed is kept; please try again in a moment.";

/** An answer other than success, in words for people. */
export class ApiError extends Error {
  /** @param {string} message @param {number} status 0 when the server was not reached */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const request = { method, headers: {} };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json", "x-roundtable": "1" };
    request.body = JSON.stringify(body);
  }
  const response = await fetch(path, request).catch(() => null);
  if (!response) throw new ApiError(UNREACHABLE, 0);
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    const words = answer?.error ?? `That did not work (${response.status}). Nothing was lost; please try again.`;
    throw new ApiError(words, response.status);
  }
  return answer ?? {};
}

const get = (path, query = {}) => {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return call("GET", `${path}?${new URLSearchParams(known)}`);
};
const post = (path, body) => call("POST", path, body);

/** The server's routes; every `as` is a person's id, every time an integer of UTC microseconds. */
export const api = {
  state: (as) => get("/api/state", { as }),
  messages: (as, room, before) => get("/api/messages", { as, room, before }),
  commands: (as) => get("/api/commands", { as }),
  complete: (as, command, arg, q) => get("/api/complete", { as, command, arg, q }),
  say: (as, room, text) => post("/api/say", { as, room, text }),
  press: (as, room, message, command) => post("/api/press", { as, room, message, command }),
  submit: (as, room, command, values) => post("/api/submit", { as, room, command, values }),
  read: (as, room, upto) => post("/api/read", { as, room, upto }),
  clock: (step) => post("/api/clock", step),
  addPerson: (person) => post("/api/people", person),
  start: (kind) => post("/api/start", { with: kind }),
};

/**
 * Listens for what happens in the workspace and keeps listening after a break.
 * @param {string} as
 * @param {{room(room: string), state(), clock(clock: object), up(again: boolean), down()}} on
 * @returns {() => void} stops listening
 */
export function listen(as, on) {
  let source;
  let retry;
  let broken = false;
  const open = () => {
    source = new EventSource(`/api/events?${new URLSearchParams({ as })}`);
    source.addEventListener("open", () => {
      on.up(broken);
      broken = false;
    });
    source.addEventListener("error", () => {
      broken = true;
      on.down();
      // The browser repeats by itself, except after an answer it takes for final.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 3000);
    });
    source.addEventListener("room", (event) => on.room(JSON.parse(event.data).room));
    source.addEventListener("state", () => on.state());
    source.addEventListener("clock", (event) => on.clock(JSON.parse(event.data)));
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

/** Wraps an asynchronous job so that calls during a run cause exactly one more run after it. */
export function coalesce(job) {
  let running = null;
  let again = false;
  return function run() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      try {
        do {
          again = false;
          await job();
        } while (again);
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
