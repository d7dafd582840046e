// Talks to the desk. Each page has a name of its own: its newest question wins.
export const client = crypto.getRandomValues(new Uint32Array(4)).join("-");

const send = (path, form) =>
  fetch(path, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(form),
    headers: { "Content-Type": "application/json", "X-Desk": "1" },
  });

async function failed(answer) {
  const text = await answer.text();
  let says = text;
  try { says = JSON.parse(text).error; } catch { /* words already */ }
  const error = new Error(says || "The desk did not answer.");
  error.status = answer.status;
  return error;
}

export async function post(path, form) {
  const answer = await send(path, form);
  if (!answer.ok) throw await failed(answer);
  return answer;
}

export const json = async (path, form) => (await post(path, form)).json();

export async function start() {
  const answer = await fetch("/api/start", { credentials: "same-origin" });
  if (!answer.ok) throw await failed(answer);
  return answer.json();
}

// Calls step(answer) for each line that comes.
export async function steps(path, form, step) {
  const reader = (await post(path, form)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) step(JSON.parse(line));
  }
}
